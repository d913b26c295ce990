/** Options, checked and filled in: what the rest of the program goes by. */

import type { WriteFlags } from '../model/difference.ts'
import type { HooksSource } from '../model/hooks.ts'
import type { RecheckPolicy } from '../model/recheck-policy.ts'
import type { RequestTimeouts } from '../model/request-timeouts.ts'
import type { CredentialSource, PlainCredentials } from '../model/tables/aws-credentials.ts'
import type { CapacityChoices } from '../model/tables/capacity.ts'
import type { TableRef } from '../model/tables/table.ts'
import type { Milliseconds } from '../model/units.ts'

export interface CredentialSettings {
  readonly profile?: string
  readonly roleArn?: string
  readonly mfaSerial?: string
  readonly mfaToken?: string
  readonly credentials?: PlainCredentials | CredentialSource
}

export interface TableSettings {
  readonly ref: TableRef
  /** Absent: the master's serve this table too. Present for the master always. */
  readonly credentials?: CredentialSettings
  readonly capacity: CapacityChoices
}

/** Extras of a replica that may be deleted; the larger of the two holds. */
export interface MaxDeletes {
  readonly count?: number
  /** Of the replica's items. */
  readonly percent?: number
  /** Above this, both are too many. Absent: they were asked for. */
  readonly atMost?: { readonly count: number; readonly percent: number }
}

export interface SafeguardSettings {
  /** Undefined: as many as there are to make. */
  readonly maxWrites: number | undefined
  readonly maxDeletes: MaxDeletes
  readonly allowShrunkenMaster: boolean
  readonly allowGlobalTable: boolean
  readonly allowStreams: boolean
}

export interface Settings {
  readonly master: TableSettings
  readonly replicas: readonly TableSettings[]
  readonly strategy: 'auto' | 'march' | 'lookup'
  readonly dryRun: boolean
  /** What would be written but for `dryRun`. */
  readonly asked: WriteFlags
  readonly write: WriteFlags
  readonly safeguards: SafeguardSettings
  /** Repairs of each replica that go out alone at first. Undefined: none. */
  readonly canary: number | undefined
  readonly scanForExtra: boolean
  readonly ignore: readonly string[]
  readonly consistentRead: boolean
  /** Parsed JSON, as yet unchecked against the key of the table. */
  readonly startingKey: Readonly<Record<string, unknown>> | undefined
  readonly segments: number | undefined
  readonly parallel: number
  /** Worker threads at most. */
  readonly workers: number
  /** Whether there are to be as many, however small the tables. */
  readonly areWorkersAsked: boolean
  readonly scanLimit: number | undefined
  readonly batchReadLimit: number
  readonly timeouts: RequestTimeouts
  readonly compression: 'auto' | 'gzip' | 'none'
  readonly recheckPolicy: RecheckPolicy
  readonly undo: string | undefined
  readonly checkpoint:
    | {
        readonly file: string
        readonly mode: 'new' | 'resume' | 'restart'
        readonly interval: Milliseconds
      }
    | undefined
  /** File that the pace is changed by while the run goes on. */
  readonly control: string | undefined
  /** Undefined: as long as it takes. */
  readonly maxDuration: Milliseconds | undefined
  readonly repairPlan: { readonly file: string; readonly withItems: boolean } | undefined
  readonly hooks: HooksSource | undefined
  readonly versionAttribute: string | undefined
  readonly newerWins: boolean
  /** Whether items that have expired count as absent. */
  readonly ttlAware: boolean
  readonly report: string | undefined
}

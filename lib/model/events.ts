/** What a run tells while it runs. */

import type { RunRules } from './run-rules.ts'
import type { Pace } from './tables/capacity.ts'
import type { InspectedTable } from './tables/table.ts'
import type { NamedTally } from './tally.ts'
import type { Milliseconds } from './units.ts'

/** What goes on at one table. */
export interface Flow extends Pace {
  /** A mean over the last five seconds, or as long as the run has lasted. */
  readonly usedPerSecond: number
  /** Whether the table refused requests for want of capacity just now. */
  readonly isThrottled: boolean
}

export type RunEvent =
  | {
      readonly type: 'tables'
      /** Stands in the user agent of every request, and in the name of an assumed role's session. */
      readonly runId: string
      readonly master: InspectedTable
      readonly replicas: readonly InspectedTable[]
    }
  | {
      readonly type: 'undo'
      readonly dryRun: boolean
      readonly journal: string
      readonly writes: number
      /** Whether its last line is torn, and was passed over. */
      readonly isTorn: boolean
      /** Whether the run that wrote it has come to an end, as far as the journal can tell. */
      readonly isEnded: boolean
      readonly replicas: readonly InspectedTable[]
    }
  | {
      readonly type: 'apply'
      readonly rules: RunRules
      readonly dryRun: boolean
      readonly plan: string
      readonly master: InspectedTable
      readonly replicas: readonly InspectedTable[]
      readonly keys: number
      readonly asksBeforeDeletions: boolean
    }
  /** So many more of a journal's writes have come to their end. */
  | { readonly type: 'undone'; readonly writes: number }
  /** The plan is whole. */
  | { readonly type: 'plan-written'; readonly plan: string; readonly keys: number }
  /** The first repairs of a replica were read back and held: the others follow. */
  | { readonly type: 'canary-held'; readonly replica: string; readonly writes: number }
  /** A key that could not be read, or its repair was refused, while others got on. */
  | {
      readonly type: 'key-left'
      readonly replica: string
      /** DynamoDB JSON text. */
      readonly key: string
      readonly end: 'failed' | 'torn' | 'conflict' | 'unverified'
      readonly message: string
      readonly hint?: string
    }
  /** Something of a replica that may reject, multiply or undo writes; or of a scan, of the master maybe, that is odd. */
  | { readonly type: 'warning'; readonly replica: string; readonly message: string }
  /** The run of this checkpoint has already ended. Its old result follows; no table is read. */
  | {
      readonly type: 'ended-before'
      readonly checkpoint: string
      /** ISO 8601, UTC. Absent: an earlier release has saved it. */
      readonly began?: string
      readonly ended?: string
    }
  /** The report was there before the run, and others than its owner may read it. */
  | {
      readonly type: 'readable-by-others'
      readonly file: string
      /** Its permissions, as chmod(2) takes them. */
      readonly mode: number
    }
  | {
      readonly type: 'plan'
      readonly strategy: 'auto' | 'march' | 'lookup'
      readonly segments: number
      readonly parallel: number
      readonly workers: number
      readonly writes: readonly ('missing' | 'differing' | 'extra')[]
      /** Whether somebody is asked before anything is deleted. */
      readonly asksBeforeDeletions: boolean
      readonly ignore: readonly string[]
      readonly rules: RunRules
      /** DynamoDB JSON text. Absent: the whole table is compared. */
      readonly startingKey?: string
    }
  | {
      readonly type: 'progress'
      readonly tally: NamedTally
      readonly segmentsDone: number
      readonly segments: number
      readonly elapsedMs: Milliseconds
      readonly isPaused: boolean
      /** In words. Empty: nothing holds the run up. */
      readonly waitingFor: readonly string[]
      readonly flows: readonly Flow[]
    }
  /** What each table is held to from here on. */
  | { readonly type: 'pace'; readonly isPaused: boolean; readonly paces: readonly Pace[] }
  /** Something that the control file says cannot be done. */
  | { readonly type: 'control-refused'; readonly message: string }
  | { readonly type: 'segment-finished'; readonly segment: number; readonly tally: NamedTally }
  | { readonly type: 'segment-lost'; readonly segment: number; readonly message: string }
  /** A task has made no progress for too long: it is begun again in another thread, once. */
  | { readonly type: 'stalled'; readonly replica: string; readonly message: string }
  /** An endpoint that has answered in this run is out of reach, and waited for. Told at once, and again every few seconds. */
  | {
      readonly type: 'outage'
      readonly table: string
      readonly endpoint: string
      /** Date and time, UTC (ISO 8601). */
      readonly since: string
      readonly elapsedMs: Milliseconds
      /** It is waited for so long at most. */
      readonly limitMs: Milliseconds
      /** Why it cannot be reached. */
      readonly message: string
      /** What to do about it, the first time. */
      readonly hint?: string
    }
  /** It answers again. */
  | {
      readonly type: 'outage-over'
      readonly table: string
      readonly endpoint: string
      readonly elapsedMs: Milliseconds
    }
  /** From here on the replica is looked up, and no longer marched along. */
  | { readonly type: 'orders-differ'; readonly replica: string }
  | {
      readonly type: 'replica-lost'
      readonly replica: string
      readonly message: string
      readonly hint?: string
    }
  /** A run that ended here could start again with this `startingKey` (DynamoDB JSON text). */
  | { readonly type: 'restart-key'; readonly key: string }
  | { readonly type: 'deleting'; readonly replica: string; readonly extras: number }
  | {
      readonly type: 'deletions-withheld'
      readonly replica: string
      readonly extras: number
      readonly reason: string
    }

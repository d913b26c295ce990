/** What a run reports while it runs. */

import type { ErrorCode } from '../../errors.ts'
import type { DifferenceKind } from '../difference.ts'
import type { Outcome } from '../results/summary.ts'
import type { RunRules } from '../run-rules.ts'
import type { Pace } from '../tables/capacity.ts'
import type { PlannedTable } from '../tables/planned-table.ts'
import type { InspectedTable } from '../tables/table.ts'
import type { NamedTally } from '../tally.ts'
import type { Bytes, Milliseconds, ReadUnits } from '../units.ts'

/** How fast a run uses one table now, and the limit that it keeps. */
export interface Flow extends Pace {
  /** Units per second: a mean over the last five seconds, or over the run if it is shorter. */
  readonly usedPerSecond: number
  /** Bytes of answers per second, a mean over the same time. */
  readonly bytesPerSecond: Bytes
  /** How long an answer took, a mean over the same time. Null: none came. */
  readonly answerMs: Milliseconds | null
  /** Whether the table refused requests just now because it lacked capacity. */
  readonly isThrottled: boolean
}

/** Keys that a run waits for: both sides must have stood still before it looks at them again. */
export interface Standstill {
  readonly keys: number
  /** How long both sides must have been unchanged: the `minMismatchAge`. */
  readonly ageMs: Milliseconds
  /** How long it is until the last of these keys is due, if none of them changes. */
  readonly leftMs: Milliseconds
}

export type RunEvent =
  | {
      readonly type: 'tables'
      /** Part of the user agent of every request, and of the name of an assumed role's session. */
      readonly runId: string
      readonly master: InspectedTable
      readonly replicas: readonly InspectedTable[]
    }
  | {
      readonly type: 'undo'
      readonly dryRun: boolean
      readonly journal: string
      readonly writes: number
      /** Whether the last line of the journal is torn, and was skipped. */
      readonly isTorn: boolean
      /** Whether the run that wrote the journal has ended, as far as the journal can tell. */
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
  /** Of a run until in sync: the tables are compared from the beginning. Counts begin at zero. */
  | { readonly type: 'pass-began'; readonly pass: number }
  | {
      readonly type: 'pass-ended'
      readonly pass: number
      /** ISO 8601, UTC. */
      readonly began: string
      readonly ended: string
      readonly outcome: Outcome
      /** Differences of all replicas. */
      readonly found: number
      /** How many of them were written or deleted. */
      readonly repaired: number
    }
  /** This many more writes of the journal have been dealt with. */
  | { readonly type: 'undone'; readonly writes: number }
  /** The time of one of these two is over: the run ends after what is under way. */
  | {
      readonly type: 'time-over'
      readonly afterMs: Milliseconds
      /** Absent: of `maxDuration`. */
      readonly of?: 'untilInSync'
    }
  /** The plan is complete. */
  | { readonly type: 'plan-written'; readonly plan: string; readonly keys: number }
  /** The first repairs of a replica were read back and held: the other repairs follow. */
  | { readonly type: 'canary-held'; readonly replica: string; readonly writes: number }
  /** A key could not be read, or its repair was refused, while other keys made progress. */
  | {
      readonly type: 'key-left'
      readonly replica: string
      /** DynamoDB JSON text. */
      readonly key: string
      readonly end: 'failed' | 'torn' | 'conflict' | 'unverified'
      readonly code?: ErrorCode
      readonly message: string
      readonly hint?: string
    }
  /** A replica does not exist: it will be made, or would be without `dryRun`. */
  | {
      readonly type: 'creation'
      readonly replica: string
      readonly dryRun: boolean
      readonly table: PlannedTable
    }
  /** A table is being made. Repeated every few seconds. */
  | {
      readonly type: 'creating'
      readonly replica: string
      /** `unknown`: DescribeTable does not know it yet. `queued`: the account makes too many now. */
      readonly status: 'CREATING' | 'unknown' | 'queued'
      readonly elapsedMs: Milliseconds
      /** The run waits at most this long. */
      readonly limitMs: Milliseconds
    }
  /** The table can be used now. */
  | {
      readonly type: 'created'
      readonly replica: string
      readonly arn: string | null
      readonly elapsedMs: Milliseconds
    }
  /** A replica may reject, multiply or undo writes; or a scan, maybe the master's, is odd. */
  | { readonly type: 'warning'; readonly replica: string; readonly message: string }
  /** The run of this checkpoint has already ended. Its old result follows; no table is read. */
  | {
      readonly type: 'ended-before'
      readonly checkpoint: string
      /** ISO 8601, UTC. Absent: an earlier release saved the checkpoint. */
      readonly began?: string
      readonly ended?: string
    }
  /** What a run writes beside its result can be written no more: the run goes on without it. */
  | {
      readonly type: 'output-lost'
      readonly what: 'report' | 'metrics'
      /** `-`: standard output. */
      readonly file: string
      readonly message: string
    }
  /** The report existed before the run, and users other than its owner may read it. */
  | {
      readonly type: 'readable-by-others'
      readonly file: string
      /** Its permissions, as chmod(2) takes them. */
      readonly mode: number
    }
  | {
      readonly type: 'plan'
      /** Listed keys to read. Absent: the tables are scanned. */
      readonly keys?: number
      /**
       * What the scans will take about, by the sizes that DescribeTable reports; of tables whose size
       * is known.
       */
      readonly expected?: readonly { readonly table: string; readonly readUnits: ReadUnits }[]
      readonly strategy: 'auto' | 'march' | 'lookup'
      readonly segments: number
      /** How many of them are compared. Absent: all. */
      readonly compared?: number
      /** Present: these were drawn at random. The same seed draws the same. */
      readonly sample?: { readonly seed: number }
      readonly parallel: number
      readonly workers: number
      readonly writes: readonly ('missing' | 'differing' | 'extra')[]
      /** Whether the run asks somebody before it deletes anything. */
      readonly asksBeforeDeletions: boolean
      readonly ignore: readonly string[]
      readonly rules: RunRules
      /** DynamoDB JSON text. Absent: the whole table is compared. */
      readonly startingKey?: string
    }
  | {
      readonly type: 'progress'
      readonly tally: NamedTally
      /** By replica and kind: suspects that wait for another look. */
      readonly suspects: {
        readonly [replica: string]: { readonly [kind in DifferenceKind]: number }
      }
      readonly segmentsDone: number
      readonly segments: number
      readonly elapsedMs: Milliseconds
      readonly isPaused: boolean
      /** In words. Empty: nothing holds the run up. */
      readonly waitingFor: readonly string[]
      /**
       * In figures what `waitingFor` says of the mismatch age. Absent: no key waits for it; or the
       * run is paused, or still compares, writes or deletes something else.
       */
      readonly standstill?: Standstill
      readonly flows: readonly Flow[]
    }
  /** The limits that each table has from here on. */
  | { readonly type: 'pace'; readonly isPaused: boolean; readonly paces: readonly Pace[] }
  /** The control file asks for something that cannot be done. */
  | { readonly type: 'control-refused'; readonly message: string }
  | { readonly type: 'segment-finished'; readonly segment: number; readonly tally: NamedTally }
  | { readonly type: 'segment-lost'; readonly segment: number; readonly message: string }
  /** A task made no progress for too long. It is started again in another thread, once. */
  | { readonly type: 'stalled'; readonly replica: string; readonly message: string }
  /** An endpoint that had answered is out of reach: the run waits. Repeated every few seconds. */
  | {
      readonly type: 'outage'
      readonly table: string
      readonly endpoint: string
      /** Date and time, UTC (ISO 8601). */
      readonly since: string
      readonly elapsedMs: Milliseconds
      /** The run waits at most this long. */
      readonly limitMs: Milliseconds
      /** Why it cannot be reached. */
      readonly message: string
      /** What the user can do about it. Only the first event of an outage has it. */
      readonly hint?: string
    }
  /** The endpoint answers again. */
  | {
      readonly type: 'outage-over'
      readonly table: string
      readonly endpoint: string
      readonly elapsedMs: Milliseconds
    }
  /** From here on, the replica is compared by lookup and no longer by march. */
  | { readonly type: 'orders-differ'; readonly replica: string }
  | {
      readonly type: 'replica-lost'
      readonly replica: string
      readonly message: string
      readonly hint?: string
    }
  /** If the run ended here, another could continue with this `startingKey` (DynamoDB JSON text). */
  | { readonly type: 'restart-key'; readonly key: string }
  | { readonly type: 'deleting'; readonly replica: string; readonly extras: number }
  | {
      readonly type: 'deletions-withheld'
      readonly replica: string
      readonly extras: number
      readonly reason: string
    }

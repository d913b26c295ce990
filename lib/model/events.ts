/** What a run tells while it runs. */
import type { InspectedTable } from './table.ts'
import type { Tally } from './tally.ts'
import type { Milliseconds } from './units.ts'

export type RunEvent =
  | {
      readonly type: 'tables'
      readonly master: InspectedTable
      readonly replicas: readonly InspectedTable[]
    }
  | {
      readonly type: 'undo'
      readonly journal: string
      readonly writes: number
      /** Whether its last line is torn, and was passed over. */
      readonly isTorn: boolean
      readonly replicas: readonly InspectedTable[]
    }
  | {
      readonly type: 'apply'
      readonly plan: string
      readonly master: InspectedTable
      readonly replicas: readonly InspectedTable[]
      readonly keys: number
    }
  /** The plan is whole. */
  | { readonly type: 'plan-written'; readonly plan: string; readonly keys: number }
  /** The first repairs of a replica were read back and held: the others follow. */
  | { readonly type: 'canary-held'; readonly replica: string; readonly writes: number }
  /** Something of a replica that may reject, multiply or undo writes. */
  | { readonly type: 'warning'; readonly replica: string; readonly message: string }
  | {
      readonly type: 'plan'
      readonly strategy: 'auto' | 'march' | 'lookup'
      readonly segments: number
      readonly parallel: number
      readonly workers: number
      readonly writes: readonly ('missing' | 'differing' | 'extra')[]
      readonly ignore: readonly string[]
      /** DynamoDB JSON text. Absent: the whole table is compared. */
      readonly startingKey?: string
    }
  | {
      readonly type: 'progress'
      readonly tally: Tally
      readonly segmentsDone: number
      readonly segments: number
      readonly elapsedMs: Milliseconds
    }
  | { readonly type: 'segment-finished'; readonly segment: number; readonly tally: Tally }
  | { readonly type: 'segment-lost'; readonly segment: number; readonly message: string }
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

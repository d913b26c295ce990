/** What the commands of shards resolve to, and what `--json` prints of them. */
import type { Stop } from '../safeguard.ts'
import type { ErrorSummary, Summary } from './summary.ts'

/** What `planShards` resolves to. Fields may be added; readers ignore those they do not know. */
export interface PlannedShards {
  readonly version: 1
  /** `stopped`: by a safeguard. Nothing was planned then, nor where it was interrupted. */
  readonly outcome: 'planned' | 'stopped' | 'interrupted'
  readonly folder: string
  readonly shards: number
  readonly atOnce: number
  /** Segments of all shards together. Absent: nothing was planned. */
  readonly segments?: number
  /** Absent: nothing was planned. */
  readonly run?: string
  readonly master?: string
  readonly replicas?: readonly string[]
  /** What shards and the apply after them write. Empty: nothing. */
  readonly writes?: readonly string[]
  /** Limits of capacity for all shards together, in words. */
  readonly paces?: readonly string[]
  /** The safeguard that ended it. Absent: none did. */
  readonly stopped?: Stop
}

/**
 * `complete`: the shard is done, and its result is committed. `complete-before`: another attempt had
 * done it. `incomplete` and `interrupted`: another attempt would go on. `stopped`: by a safeguard.
 */
export type ShardOutcome = 'complete' | 'complete-before' | 'incomplete' | 'interrupted' | 'stopped'

/** What `runShard` resolves to. Fields may be added; readers ignore those they do not know. */
export interface DoneShard {
  readonly version: 1
  readonly outcome: ShardOutcome
  readonly folder: string
  readonly shard: number
  readonly shards: number
  /** Absent: another attempt had done it. */
  readonly attempt?: string
  /** Of this shard alone. Absent: another attempt had done it. */
  readonly summary?: Summary
  /** Why it could not be committed. Empty without trouble. */
  readonly errors: readonly ErrorSummary[]
}

/** The command's exit code: 2 and 4 say that another attempt does not help. */
export const SHARD_EXIT_CODE: { readonly [outcome in ShardOutcome]: number } = {
  complete: 0,
  'complete-before': 0,
  incomplete: 3,
  interrupted: 130,
  stopped: 4,
}

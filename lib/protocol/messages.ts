/**
 * Everything that crosses a thread boundary. Plain data only.
 *
 * Messages on the port are hints: each snapshot replaces the one before it, so a late or lost one
 * costs a stale progress line and nothing else. The task's return value is what counts. Findings
 * are the exception: a worker goes on only when the main thread has taken them, so that neither
 * side piles them up.
 */

import type { Difference } from '../model/difference.ts'
import type { Planned } from '../model/files/plan-lines.ts'
import type { SegmentRecord } from '../model/files/segment-record.ts'
import type { Intent } from '../model/files/write-intent.ts'
import type { PendingRecheck } from '../model/pending-recheck.ts'
import type { HeldCredentials } from '../model/tables/aws-credentials.ts'
import type { TableIndex } from '../model/tables/table.ts'
import type { Tally } from '../model/tally.ts'
import type { Milliseconds } from '../model/units.ts'
import type { AsText } from './as-text.ts'
import type { ExtraKey } from './tasks.ts'
import type { WireError } from './wire-error.ts'

export type CredentialAnswer = { readonly held: HeldCredentials } | { readonly error: WireError }

/** Coordinator to worker, while the task runs. */
export type ControlMessage =
  | { readonly type: 'stop' }
  | { readonly type: 'detach'; readonly replica: TableIndex }
  /** Too many keys wait for another look: find no more of them for now. */
  | { readonly type: 'hold'; readonly isHeld: boolean }
  /** The checkpoint is due: say between the next two pages how far the comparison has come. */
  | { readonly type: 'record-wanted' }
  | { readonly type: 'findings-taken' }
  | { readonly type: 'record-kept' }
  /** This many writes are on record, or could not be recorded. */
  | { readonly type: 'journaled'; readonly count: number; readonly error?: WireError }
  /** Of the claims that were sent, those on keys that another item has claimed. */
  | { readonly type: 'claimed'; readonly collided: readonly number[] }
  | {
      readonly type: 'credentials'
      readonly table: TableIndex
      readonly answer: CredentialAnswer
    }

/** What must be on record before a write is sent. */
export interface AboutToWrite {
  /** JSON text of a line of the undo journal. Absent: there is no journal. */
  readonly line?: string
  /** Absent: the write mends an earlier one. */
  readonly intents?: readonly Intent[]
  /** None of these was written after all: what appears there is somebody else's. */
  readonly withdrawn?: readonly Pick<Intent, 'replica' | 'key'>[]
  /** A deletion's replica. It is only sent if both tables are still the ones that were compared. */
  readonly deletesFrom?: TableIndex
}

/** A difference on its way to the report, or a key on its way to a queue of the main thread. */
export type Finding =
  | {
      readonly type: 'difference'
      readonly replica: TableIndex
      readonly difference: Difference
      /** In a run that plans a repair: this difference would have been repaired. */
      readonly planned?: Planned
    }
  | ({ readonly type: 'delete-later'; readonly replica: TableIndex } & ExtraKey)
  | { readonly type: 'look-again'; readonly replica: TableIndex; readonly pending: PendingRecheck }
  /** A key that ended for a reason of its own: always reported, even if differences are not. */
  | {
      readonly type: 'key-left'
      readonly replica: TableIndex
      /** DynamoDB JSON text. Absent: the key cannot be told. */
      readonly key?: string
      readonly end: 'failed' | 'torn' | 'conflict' | 'unverified'
      readonly error: WireError
    }
  /** Keys whose differences have ended, if nobody wants each of them; DynamoDB JSON text. */
  | { readonly type: 'ended'; readonly replica: TableIndex; readonly keys: readonly string[] }

/** Worker to coordinator, while the task runs. */
export type ProgressMessage =
  /** Once a second, or more often. */
  | {
      readonly type: 'alive'
      readonly thread: number
      /** The task's request or hook that has taken longest. Absent: none is in flight. */
      readonly longest?: { readonly what: string; readonly busy: Milliseconds }
      /** Whether no task of the thread has anything in flight. */
      readonly isThreadIdle: boolean
    }
  | { readonly type: 'snapshot'; readonly tally: Tally }
  /** All that was reported of the replica before belongs to this record. */
  | {
      readonly type: 'record'
      readonly replica: TableIndex
      readonly record: SegmentRecord
      /** Whether the coordinator asked for it. */
      readonly isWanted: boolean
    }
  /** No more records of the replica will come: its part of the task has ended. */
  | { readonly type: 'part-ended'; readonly replica: TableIndex }
  | { readonly type: 'about-to-write'; readonly writes: AsText<readonly AboutToWrite[]> }
  | { readonly type: 'findings'; readonly findings: AsText<readonly Finding[]> }
  | { readonly type: 'orders-differ'; readonly replica: TableIndex }
  /** Keys that items of the master become, by their hashes; see `CLAIM_WORDS`. */
  | { readonly type: 'claim-keys'; readonly claims: Uint32Array }
  /** The run wanted to make one more write than it may. */
  | { readonly type: 'allowance-spent' }
  | {
      readonly type: 'credentials-wanted'
      readonly table: TableIndex
      /** Access key id of the credentials that the table calls expired. */
      readonly refused?: string
    }

/**
 * Everything that crosses a thread boundary. Plain data only.
 *
 * Messages on the port are hints: each snapshot replaces the one before it, so a late or lost one
 * costs a stale progress line and nothing else. The task's return value is what counts. Findings
 * are the exception: a worker goes on only when the main thread has taken them, so that neither
 * side piles them up.
 */

import type { Difference, WriteFlags } from '../model/difference.ts'
import type { JournalEntry } from '../model/files/journal-lines.ts'
import type { Planned, RepairPlanEntry } from '../model/files/plan-lines.ts'
import type { SegmentRecord } from '../model/files/segment-record.ts'
import type { Intent } from '../model/files/write-intent.ts'
import type { HooksSource } from '../model/hooks.ts'
import type { PendingRecheck, SeenItem } from '../model/pending-recheck.ts'
import type { RecheckPolicy } from '../model/recheck-policy.ts'
import type { RequestTimeouts } from '../model/request-timeouts.ts'
import type { HeldCredentials } from '../model/tables/aws-credentials.ts'
import type { RequestAddress } from '../model/tables/request-address.ts'
import type { EndpointVariant, KeySchema, TableIndex } from '../model/tables/table.ts'
import type { MasterTally, Tally } from '../model/tally.ts'
import type { Milliseconds } from '../model/units.ts'
import type { AsText } from './as-text.ts'
import type { WireError } from './wire-error.ts'

/** How to reach one table. */
export interface TableAccess {
  readonly index: TableIndex
  readonly label: string
  /** How requests name the table: by its name, or by its ARN if the user gave that. */
  readonly tableName: string
  readonly region: string
  /** Absent: the SDK's own choice for the region. */
  readonly endpoint?: string
  /** How the SDK's own choice differs from the usual one. */
  readonly variants?: readonly EndpointVariant[]
  /** The profile that was given for the table. Absent: the environment's. */
  readonly profile?: string
  /** Who sends the requests, for people who read the account's logs. */
  readonly userAgent: string
  /** Certificates to trust (PEM). Absent: those that Node.js trusts. */
  readonly trust?: string
  readonly keySchema: KeySchema
  readonly address: RequestAddress
  /** Says when an item expires, here and in the master. Absent: nothing does, or it is ignored. */
  readonly ttlAttribute?: string
}

/** Coordinator to thread, once: what all segments of the run have in common. */
export interface WorkerSetup {
  /** Master first: each table is at its own index. */
  readonly tables: readonly TableAccess[]
  readonly timeouts: RequestTimeouts
  readonly ignore: readonly string[]
  /** What would be written without a dry run. It counts against the allowance all the same. */
  readonly asked: WriteFlags
  readonly write: WriteFlags
  readonly consistentRead: boolean
  /** Items per Scan request. Absent: as many as DynamoDB puts on a page. */
  readonly scanLimit?: number
  readonly batchReadLimit: number
  readonly recheckPolicy: RecheckPolicy
  /** Absent: no attribute tells which of two items is newer. */
  readonly versionAttribute?: string
  readonly newerWins: boolean
  /** The module with the user's own rules. Absent: there are none. */
  readonly hooks?: HooksSource
  /** Whether to record what a replica held before each write. */
  readonly isJournaled: boolean
  /** Whether anything is written: then intents are recorded, for a task that is taken up again. */
  readonly isWriting: boolean
  /** Whether the coordinator wants findings one by one, or only their counts. */
  readonly tellDifferences: boolean
  /** What to note of each difference for a repair plan. */
  readonly planning: 'nothing' | 'digests' | 'items'
  /** Shared counter behind `Allowance`. */
  readonly allowance: SharedArrayBuffer
  /** Shared flags behind `CanaryFlags`. */
  readonly canaryFlags: SharedArrayBuffer
  /** Whether missing items go out in unconditional batches: nobody else writes, and no journal. */
  readonly putsInBatches: boolean
  /** Shared counters behind `RecheckBudget`. */
  readonly recheckBudget: SharedArrayBuffer
  /** Shared counters behind `OrderRecord`. */
  readonly orderRecord: SharedArrayBuffer
  /** Shared counters behind `TokenBuckets`. */
  readonly tokenBuckets: SharedArrayBuffer
  /** Shared states behind `Outages`. */
  readonly outages: SharedArrayBuffer
}

/** Thread to coordinator, outside of any task: how far its start is. */
export interface ThreadStart {
  readonly thread: number
  readonly is: 'loading' | 'started'
}

/** Coordinator to worker: compare one segment of the master with the replicas. */
export interface CompareTask extends TakenUp {
  readonly kind: 'compare'
  readonly segment: number
  readonly totalSegments: number
  readonly replicas: readonly TableIndex[]
  /** Where each replica's comparison goes on: all of them at one place of the master. */
  readonly from: { readonly [replica: TableIndex]: SegmentRecord }
  /** The master's counts up to there. */
  readonly master: MasterTally
  /** Whether a march may switch to lookup if the tables' orders differ. */
  readonly mayGoOver: boolean
  readonly findExtras: boolean
  /** DynamoDB JSON text. Absent: the scan began at the segment's beginning. */
  readonly startingKey?: string
}

/** An extra item of a replica, as it was found. */
export interface ExtraKey {
  /** DynamoDB JSON text. */
  readonly key: string
  readonly seen: SeenItem
}

/** Coordinator to worker, after all comparing: delete items that are still extra. */
export interface DeleteTask extends TakenUp {
  readonly kind: 'delete'
  readonly replica: TableIndex
  readonly keys: readonly ExtraKey[]
  /** Whether they are of a reviewed plan: then those that are not as planned count as changed. */
  readonly isPlanned: boolean
}

/** Coordinator to worker: look again at keys that stood still long enough, or should have. */
export interface RecheckTask extends TakenUp {
  readonly kind: 'recheck'
  readonly replica: TableIndex
  readonly keys: readonly PendingRecheck[]
}

/** A task that may repeat one that was begun before, by a thread or a run that died. */
export interface TakenUp {
  /** Writes that the earlier task was about to send, and that may have landed. */
  readonly intents: readonly Intent[]
}

/** A key that was written, with what each write found and left; oldest first. */
export interface UndoKey {
  /** DynamoDB JSON text. */
  readonly key: string
  readonly steps: readonly Pick<JournalEntry, 'before' | 'left'>[]
}

/** Coordinator to worker: restore what was there. */
export interface UndoTask extends TakenUp {
  readonly kind: 'undo'
  readonly replica: TableIndex
  readonly keys: readonly UndoKey[]
}

/** A key of a reviewed plan. */
export interface PlannedKey extends Pick<RepairPlanEntry, 'kind' | 'seen'> {
  /** DynamoDB JSON text. */
  readonly key: string
}

/** Coordinator to worker: do what was planned, if it is still true. */
export interface ApplyTask extends TakenUp {
  readonly kind: 'apply'
  readonly replica: TableIndex
  readonly keys: readonly PlannedKey[]
}

/** A task whose keys are known before it begins. */
export type KeyTask = RecheckTask | DeleteTask | UndoTask | ApplyTask

export type SegmentTask = CompareTask | KeyTask

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
      /** DynamoDB JSON text. */
      readonly key: string
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
  /** The run wanted to make one more write than it may. */
  | { readonly type: 'allowance-spent' }
  | {
      readonly type: 'credentials-wanted'
      readonly table: TableIndex
      /** Access key id of the credentials that the table calls expired. */
      readonly refused?: string
    }

/** A replica whose part of the task was not finished; the error names the table at fault. */
export interface ReplicaFailure {
  readonly replica: TableIndex
  readonly error: WireError
}

/** Worker to coordinator, once, as the task's return value. */
export interface SegmentReport {
  readonly tally: Tally
  /** Replicas whose part of the task was left before its end: the run, or their part in it, was over. */
  readonly unfinished: readonly TableIndex[]
  readonly failures: readonly ReplicaFailure[]
  /** Of a deletion task: how many extras have ended. */
  readonly ended?: number
  /** Of a deletion task: why the first deletion that failed did. Absent: none has failed. */
  readonly refusal?: string
}

/**
 * Everything that crosses a thread boundary. Plain data only.
 *
 * The port carries hints: each snapshot replaces the one before it, so a late
 * or lost one costs a stale progress line and nothing else. The task's return
 * value is the record. Findings are the exception: a worker goes on only when
 * the main thread has taken them, so that neither side piles them up.
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
  /** What requests call the table: its name, or its ARN where it was given. */
  readonly tableName: string
  readonly region: string
  /** Absent: the SDK's own choice for the region. */
  readonly endpoint?: string
  /** How the SDK's own choice is another than usual. */
  readonly variants?: readonly EndpointVariant[]
  /** The profile that was given for the table. Absent: the environment's. */
  readonly profile?: string
  /** What requests say of who sends them: for whoever reads the account's logs. */
  readonly userAgent: string
  /** Certificates to trust (PEM). Absent: those that Node.js trusts. */
  readonly trust?: string
  readonly keySchema: KeySchema
  readonly address: RequestAddress
  /** Says when an item expires, in this table as in the master. Absent: nothing does, or it is not to matter. */
  readonly ttlAttribute?: string
}

/** Coordinator to thread, once: what every segment of the run has in common. */
export interface WorkerSetup {
  /** Master first; a table stands at its own index. */
  readonly tables: readonly TableAccess[]
  readonly timeouts: RequestTimeouts
  readonly ignore: readonly string[]
  /** What would be written but for a dry run: it counts against the allowance all the same. */
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
  /** Whether what a replica held is to be kept before each write. */
  readonly isJournaled: boolean
  /** Whether anything is written: then it is to be known what was about to be, for whoever takes the work up. */
  readonly isWriting: boolean
  /** Whether findings are wanted one by one, or their counts alone. */
  readonly tellDifferences: boolean
  /** What is noted for a repair plan of each difference. */
  readonly planning: 'nothing' | 'digests' | 'items'
  /** Shared counter behind `Allowance`. */
  readonly allowance: SharedArrayBuffer
  /** Shared flags behind `CanaryFlags`. */
  readonly canaryFlags: SharedArrayBuffer
  /** Whether missing items go out in batches without a condition: nobody writes, and nothing is to be kept. */
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

/** Thread to coordinator, outside of any task: how its start goes. */
export interface ThreadSign {
  readonly thread: number
  readonly is: 'loading' | 'started'
}

/** Coordinator to worker: compare one segment of the master with the replicas. */
export interface CompareTask extends TakenUp {
  readonly kind: 'compare'
  readonly segment: number
  readonly totalSegments: number
  readonly replicas: readonly TableIndex[]
  /** Where each replica's comparison goes on; all of them at one place of the master. */
  readonly from: { readonly [replica: TableIndex]: SegmentRecord }
  /** What of the master was counted up to there. */
  readonly master: MasterTally
  /** Whether a march may go over to lookup where the tables' orders differ. */
  readonly mayGoOver: boolean
  readonly findExtras: boolean
  /** DynamoDB JSON text. Absent: the scan has begun at the segment's beginning. */
  readonly startingKey?: string
}

/** An extra item of a replica, as it was found. */
export interface ExtraKey {
  /** DynamoDB JSON text. */
  readonly key: string
  readonly seen: SeenItem
}

/** Coordinator to worker, after all comparing: delete what is still extra. */
export interface DeleteTask extends TakenUp {
  readonly kind: 'delete'
  readonly replica: TableIndex
  readonly extras: readonly ExtraKey[]
  /** Whether they are of a reviewed plan, and told as changed where they are not as they were. */
  readonly isPlanned: boolean
}

/** Coordinator to worker: look at keys again that have stood still long enough, or should have. */
export interface RecheckTask extends TakenUp {
  readonly kind: 'recheck'
  readonly replica: TableIndex
  readonly sightings: readonly PendingRecheck[]
}

/** Of a task whose like was begun before, by a thread or a run that died. */
export interface TakenUp {
  /** Writes that were about to be sent then, and may have landed. */
  readonly intents: readonly Intent[]
}

/** A key that was written, with what each write found and left; oldest first. */
export interface UndoKey {
  /** DynamoDB JSON text. */
  readonly key: string
  readonly steps: readonly Pick<JournalEntry, 'before' | 'left'>[]
}

/** Coordinator to worker: bring back what was there. */
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

/** Coordinator to worker: do what was planned, where it is still true. */
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
  /** The checkpoint is to be saved: tell between the next two pages how far the comparison has come. */
  | { readonly type: 'record-wanted' }
  | { readonly type: 'findings-taken' }
  | { readonly type: 'record-kept' }
  /** So many writes are on record, or could not be put there. */
  | { readonly type: 'journaled'; readonly count: number; readonly error?: WireError }
  | {
      readonly type: 'credentials'
      readonly table: TableIndex
      readonly answer: CredentialAnswer
    }

/** What has to be on record before a write is sent. */
export interface AboutToWrite {
  /** JSON text of a line of the undo journal. Absent: none is kept. */
  readonly line?: string
  /** Absent: the write mends an earlier one. */
  readonly intents?: readonly Intent[]
  /** Nothing was written of these after all: what comes up there is somebody else's. */
  readonly withdrawn?: readonly Pick<Intent, 'replica' | 'key'>[]
  /** Of a deletion: its replica. It goes out only if both tables are still the ones that were compared. */
  readonly deletesFrom?: TableIndex
}

/** A difference on its way to the report, or a key on its way to a queue of the main thread. */
export type Finding =
  | {
      readonly type: 'difference'
      readonly replica: TableIndex
      readonly difference: Difference
      /** Of a run that plans a repair: this would have been repaired. */
      readonly planned?: Planned
    }
  | ({ readonly type: 'delete-later'; readonly replica: TableIndex } & ExtraKey)
  | { readonly type: 'look-again'; readonly replica: TableIndex; readonly sighting: PendingRecheck }
  /** A key that ended for a reason of its own: everybody is told, whether or not they want to hear of differences. */
  | {
      readonly type: 'key-left'
      readonly replica: TableIndex
      /** DynamoDB JSON text. */
      readonly key: string
      readonly end: 'failed' | 'torn' | 'conflict' | 'unverified'
      readonly error: WireError
    }
  /** Keys whose differences are ended, where nobody wants to hear of each; DynamoDB JSON text. */
  | { readonly type: 'ended'; readonly replica: TableIndex; readonly keys: readonly string[] }

/** Worker to coordinator, while the task runs. */
export type ProgressMessage =
  /** Once a second, or more often. */
  | {
      readonly type: 'alive'
      readonly thread: number
      /** The task's request or hook that has taken longest. Absent: none is under way. */
      readonly longest?: { readonly what: string; readonly busy: Milliseconds }
      /** Whether no task of the thread has anything under way. */
      readonly isThreadIdle: boolean
    }
  | { readonly type: 'snapshot'; readonly tally: Tally }
  /** All that was told of the replica before belongs to this record. */
  | {
      readonly type: 'record'
      readonly replica: TableIndex
      readonly record: SegmentRecord
      /** Whether it was asked for. */
      readonly isWanted: boolean
    }
  /** No record of the replica is to come any more: its part of the task has ended. */
  | { readonly type: 'part-ended'; readonly replica: TableIndex }
  | { readonly type: 'about-to-write'; readonly writes: AsText<readonly AboutToWrite[]> }
  | { readonly type: 'findings'; readonly findings: AsText<readonly Finding[]> }
  | { readonly type: 'orders-differ'; readonly replica: TableIndex }
  /** One write more was to be made than the run may make. */
  | { readonly type: 'allowance-spent' }
  | {
      readonly type: 'credentials-wanted'
      readonly table: TableIndex
      /** Access key id of those that the table calls expired. */
      readonly refused?: string
    }

/** A replica whose part of the task was not brought to its end; the error names the table at fault. */
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
  /** Of deletions: extras that have come to an end. */
  readonly ended?: number
  /** Of deletions: why the first that failed did. Absent: none has. */
  readonly refusal?: string
}

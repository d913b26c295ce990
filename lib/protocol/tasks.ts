/** What a worker is asked to do, and what it returns. Plain data only. */
import type { ExpiryRule } from '../model/files/fingerprint-file.ts'
import type { JournalEntry } from '../model/files/journal-lines.ts'
import type { RepairPlanEntry } from '../model/files/plan-lines.ts'
import type { SegmentRecord } from '../model/files/segment-record.ts'
import type { Intent } from '../model/files/write-intent.ts'
import type { PendingRecheck, SeenItem } from '../model/pending-recheck.ts'
import type { TableIndex } from '../model/tables/table.ts'
import type { MasterTally, Tally } from '../model/tally.ts'
import type { WireError } from './wire-error.ts'

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
  /** Items of the master to compare. Absent: all of the segment. */
  readonly first?: number
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
  readonly steps: readonly Pick<JournalEntry, 'before' | 'left' | 'attempt' | 'begun'>[]
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
  /** The same of the master's item. Absent: it is that of the replica's. */
  readonly masterKey?: string
}

/** Coordinator to worker: do what was planned, if it is still true. */
export interface ApplyTask extends TakenUp {
  readonly kind: 'apply'
  readonly replica: TableIndex
  readonly keys: readonly PlannedKey[]
}

/** Coordinator to worker: compare keys that the user has listed. */
export interface ListedTask extends TakenUp {
  readonly kind: 'listed'
  readonly replica: TableIndex
  /** DynamoDB JSON text. */
  readonly keys: readonly string[]
}

/** Coordinator to worker: add up the items of one segment of a table. */
export interface FingerprintTask extends TakenUp {
  readonly kind: 'fingerprint'
  readonly replica: TableIndex
  readonly segment: number
  readonly totalSegments: number
  /** Secret, in base64. */
  readonly key: string
  /** Items that had expired at this instant count as absent. Absent: none do. */
  readonly ttl?: ExpiryRule
}

/** A task whose keys are known before it begins. */
export type KeyTask = RecheckTask | DeleteTask | UndoTask | ApplyTask | ListedTask

export type SegmentTask = CompareTask | FingerprintTask | KeyTask

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
  /** By replica: how many differing items differ in each attribute. Absent: none was found. */
  readonly changed?: readonly (readonly [TableIndex, ReadonlyMap<string, number>])[]
  /** Of a fingerprint: the sum of the segment's items, 32 bytes in base64. */
  readonly fingerprint?: { readonly items: number; readonly sum: string }
  /** Of a deletion task: how many extras have ended. */
  readonly ended?: number
  /** Of a deletion task: why the first deletion that failed did. Absent: none has failed. */
  readonly refusal?: string
}

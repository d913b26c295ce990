/** The messages between a segment and the main thread while the segment runs. */
import type { SegmentRecord } from '../lib/model/files/segment-record.ts'
import type { TableIndex } from '../lib/model/tables/table.ts'
import type { Tally } from '../lib/model/tally.ts'
import type { AboutToWrite, Finding } from '../lib/protocol/messages.ts'
import type { MaybePromise } from './concurrency/maybe-promise.ts'

export interface SegmentControl {
  /** When it aborts, the task ends after the pages in hand. */
  readonly stopping: AbortSignal
  /** Whether a replica is no longer part of the run. */
  isDetached(replica: TableIndex): boolean
  /** Reports the counts so far. */
  progress(tally: Tally): void
  /** Whether it is time for a record of how far a replica's comparison has come. */
  isRecordDue(replica: TableIndex): boolean
  /** Settles when the main thread has kept the record and all findings that came before it. */
  keep(replica: TableIndex, record: SegmentRecord): Promise<void>
  /** Reports that the replica's part of the task has ended, whichever way. */
  partEnded(replica: TableIndex): void
  ordersDiffer(replica: TableIndex): void
  /** Settles when the write that is about to be sent is on record. */
  record(write: AboutToWrite): Promise<void>
  /** Stops the run: it would write more than it may. */
  allowanceSpent(): void
  /** Settles when there is room for more keys that wait for another look. */
  roomForSuspects(): MaybePromise
  /** Settles when the main thread has room for more. */
  tell(finding: Finding): MaybePromise
  /** Settles when the main thread has taken every finding. */
  allTold(): Promise<void>
}

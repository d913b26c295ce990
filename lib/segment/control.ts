/** What a segment is told, and tells, while it runs. */
import type { TableIndex } from '../model/table.ts'
import type { Tally } from '../model/tally.ts'
import type { Finding } from '../protocol/messages.ts'

export interface SegmentControl {
  /** Aborted: end after the pages in hand. */
  readonly stopping: AbortSignal
  /** Whether a replica is no longer part of the run. */
  isDetached(replica: TableIndex): boolean
  /** Gives the counts so far, and the master's key up to which all is settled, if known. */
  progress(tally: Tally, settledKey?: string): void
  ordersDiffer(replica: TableIndex): void
  /** Settles when a line of the undo journal is on disk. */
  record(line: string): Promise<void>
  /** Has the run stopped: it would write more than it may. */
  allowanceSpent(): void
  /** Settles when more keys may come to wait for another look. */
  roomForSuspects(): Promise<void>
  /** Settles when the main thread has room for more. */
  tell(finding: Finding): Promise<void>
  /** Settles when the main thread has taken every finding. */
  allTold(): Promise<void>
}

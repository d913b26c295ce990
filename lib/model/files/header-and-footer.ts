/** What stands around the lines of a journal, a plan or a report: whose they are, and that they are all. */

import type { MasterSummary, Outcome, ReplicaSummary } from '../summary.ts'
import type { RecordedTable } from './recorded-table.ts'

export type FileKind = 'undo-journal' | 'repair-plan' | 'report'

/** The first line. */
export interface FileHeader<Kind extends FileKind = FileKind> {
  readonly tablesync: Kind
  readonly version: 2
  /** Id of the run that began the file; it stands in the user agent of its requests. */
  readonly run: string
  /** When that was: ISO 8601, UTC. */
  readonly began: string
  /** Absent: an undo asks nothing of a master. */
  readonly master?: RecordedTable & { readonly label: string }
  /** By the replica's name as it was given. */
  readonly tables: { readonly [label: string]: RecordedTable }
  /** What the counts and the writes depend on, by the name of the option. */
  readonly options: { readonly [option: string]: unknown }
}

/** The last line. Absent: whoever wrote the file has not come to its end. */
export interface FileFooter {
  readonly end: Outcome
  /** When that was: ISO 8601, UTC. */
  readonly ended: string
  /** What the run came to, counted as in its summary. */
  readonly totals: {
    readonly master: MasterSummary
    readonly replicas: { readonly [label: string]: ReplicaSummary }
  }
}

/** First and last line of a journal, a plan or a report: whose it is, and that it is complete. */

import type { RecordedHeat } from '../heat.ts'
import type { ExportOfTable } from '../results/reverted-export.ts'
import type { MasterSummary, Outcome, ReplicaSummary } from '../results/summary.ts'
import type { RecordedTable } from './recorded-table.ts'

export type FileKind = 'undo-journal' | 'repair-plan' | 'report'

/** The first line. */
export interface FileHeader<Kind extends FileKind = FileKind> {
  readonly tablesync: Kind
  readonly version: 2
  /** Id of the run that began the file, which its user agent contains. */
  readonly run: string
  /** When the file was begun: ISO 8601, UTC. */
  readonly began: string
  /** Absent: an undo uses no master. */
  readonly master?: RecordedTable & { readonly label: string }
  /** By the replica's name as it was given. */
  readonly tables: { readonly [label: string]: RecordedTable }
  /** Of a journal that a revert made: the export whose changes it takes back. */
  readonly export?: ExportOfTable
  /** Options that the counts and the writes depend on, by their names. */
  readonly options: { readonly [option: string]: unknown }
}

/** The last line. Absent: the run that wrote the file did not finish it. */
export interface FileFooter {
  readonly end: Outcome
  /** When the file was finished: ISO 8601, UTC. */
  readonly ended: string
  /** The counts of the run, as in its summary. */
  readonly totals: {
    readonly master: MasterSummary
    readonly replicas: { readonly [label: string]: ReplicaSummary }
  }
  /**
   * Of a report: where the differences are, in all legs of the run. Absent: no scan of more than one
   * segment.
   */
  readonly heat?: RecordedHeat
}

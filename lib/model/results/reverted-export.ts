/** What `tablesync revert` makes of an export: what `revertSync` resolves to and `--json` prints. */
import type { RunIdentity } from '../run-identity.ts'

/** Changes of an export, each counted once. All but `changes` add up to `changes`. */
export interface ChangeCounts {
  /** Keys that were written in the export's window. */
  readonly changes: number
  /** Changes that are in the journal. */
  readonly selected: number
  /** Changes that `shouldRevert` did not select. */
  readonly unselected: number
  /** Keys that hold at the end of the window what they held at its start. */
  readonly unchanged: number
  /** Items that had expired before they were deleted, as time to live deletes them. */
  readonly expired: number
  /** Selected, and left: more attributes than one condition can compare. */
  readonly tooWide: number
}

/** Fields may be added; readers ignore those they do not know. */
export interface RevertedExport extends ChangeCounts, RunIdentity {
  readonly version: 1
  /** `incomplete`: items were too wide. `interrupted`: there is no journal. */
  readonly outcome: 'complete' | 'incomplete' | 'interrupted'
  /** The replica's name as it was given. */
  readonly replica: string
  readonly journal: string
  readonly export: ExportOfTable
}

/** A table's export, as its manifest names it. */
export interface ExportOfTable {
  readonly arn: string
  readonly tableArn: string
  /** The start of the window, inclusive: ISO 8601. */
  readonly from: string
  /** The end of the window, exclusive: ISO 8601. */
  readonly to: string
}

export const NO_CHANGES: ChangeCounts = {
  changes: 0,
  selected: 0,
  unselected: 0,
  unchanged: 0,
  expired: 0,
  tooWide: 0,
}

/** The command's exit code. */
export const REVERT_EXIT_CODE: { readonly [outcome in RevertedExport['outcome']]: number } = {
  complete: 0,
  incomplete: 3,
  interrupted: 130,
}

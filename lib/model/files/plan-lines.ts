/** A repair, written down before it is done: a header, a line for each key, and a last line that says that this is all. */
import type { DifferenceKind } from '../difference.ts'
import type { SeenItem } from '../pending-recheck.ts'
import type { Outcome } from '../summary.ts'
import type { WireItem } from '../wire.ts'
import type { FileFooter, FileHeader } from './header-and-footer.ts'
import type { RecordedTable } from './recorded-table.ts'

/** As it is written: of version 2. */
export type NewPlanHeader = RepairPlanHeader & FileHeader<'repair-plan'>
export type NewPlanEnd = RepairPlanEnd & FileFooter

export interface RepairPlanHeader {
  readonly tablesync: 'repair-plan'
  /** Of version 1, the lines are no chain. */
  readonly version: 1 | 2
  readonly master: RecordedTable & { readonly label: string }
  /** By the replica's name as it was given. */
  readonly tables: { readonly [label: string]: RecordedTable }
  /** What the digests and the writes depend on. */
  readonly rules: PlanRules
}

export interface PlanRules {
  readonly ignore: readonly string[]
  readonly ttlAware: boolean
  readonly newerWins: boolean
  readonly versionAttribute?: string
}

/** What the two sides of a key were seen to hold. */
export interface Planned {
  /** Absent: counted from the scan, and not read again. */
  readonly seen?: { readonly master: SeenItem; readonly replica: SeenItem }
  /** Absent: not asked for. */
  readonly items?: { readonly master: WireItem | null; readonly replica: WireItem | null }
}

export interface RepairPlanEntry extends Planned {
  readonly replica: string
  readonly kind: DifferenceKind
  readonly key: WireItem
}

/** Without it the run that wrote the plan did not come to its end. */
export interface RepairPlanEnd {
  readonly end: Outcome
  readonly entries: number
  /** Items of the master that were scanned. */
  readonly master: number
  /** Items of each replica that were scanned, by its name as it was given. */
  readonly scanned: { readonly [label: string]: number }
}

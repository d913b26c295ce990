/** A repair, written down before it is done: a header, a line for each key, and an end line. */
import type { Difference, DifferenceKind } from '../difference.ts'
import type { SeenItem } from '../pending-recheck.ts'
import type { Outcome } from '../results/summary.ts'
import type { WireItem } from '../wire.ts'
import type { FileFooter, FileHeader } from './header-and-footer.ts'
import type { RecordedTable } from './recorded-table.ts'

/** The header and end of new plans, which have version 2. */
export type NewPlanHeader = RepairPlanHeader & FileHeader<'repair-plan'>
export type NewPlanEnd = RepairPlanEnd & FileFooter

export interface RepairPlanHeader {
  readonly tablesync: 'repair-plan'
  /** In version 1, the lines are not chained. */
  readonly version: 1 | 2
  readonly master: RecordedTable & { readonly label: string }
  /** By the replica's name as it was given. */
  readonly tables: { readonly [label: string]: RecordedTable }
  /** Options of the run that wrote it. Absent in version 1. */
  readonly options?: { readonly [option: string]: unknown }
  /** Settings that the digests and the writes depend on. */
  readonly rules: PlanRules
}

export interface PlanRules {
  /** Bare names of top-level attributes. */
  readonly ignore: readonly string[]
  /** Present: `ignore` is empty, and these paths are ignored. */
  readonly ignorePaths?: readonly string[]
  /** Absent: there is no limit to what is compared. */
  readonly only?: readonly string[]
  readonly missingItems?: 'whole'
  readonly ttlAware: boolean
  readonly newerWins: boolean
  readonly versionAttribute?: string
  /** Absent: all items of the master were compared. */
  readonly filterExpression?: string
  readonly expressionAttributeNames?: Readonly<Record<string, string>>
  readonly expressionAttributeValues?: WireItem
  /** Tells masks apart. Absent: nothing was masked. */
  readonly maskedBy?: string
  /** The digest of the hooks module that made items of the master's. Absent: none did. */
  readonly transformedBy?: string
}

/** What the two sides were seen to hold under a key. */
export interface Planned {
  /** The key of the master's item. Absent: it is that of the replica's. */
  readonly masterKey?: WireItem
  /** Absent: counted from the scan, and not read again. */
  readonly seen?: { readonly master: SeenItem; readonly replica: SeenItem }
  /** Absent: the user did not ask for them. */
  readonly items?: { readonly master: WireItem | null; readonly replica: WireItem | null }
}

export interface RepairPlanEntry extends Planned, PlannedDetails {
  readonly replica: string
  readonly kind: DifferenceKind
  readonly key: WireItem
}

/** For the people who review the plan. The values of changes are left out. */
export interface PlannedDetails extends Pick<Difference, 'attributes' | 'changes' | 'sizes'> {
  /** How many changes the line leaves out. */
  readonly moreChanges?: number
}

/** The last line. If it is missing, the run that wrote the plan did not finish it. */
export interface RepairPlanEnd {
  readonly end: Outcome
  readonly entries: number
  /** Present: its keys were listed, and nothing was scanned. */
  readonly isOfKeys?: true
  /** How many items of the master were scanned. */
  readonly master: number
  /** How many items of each replica were scanned, by its name as it was given. */
  readonly scanned: { readonly [label: string]: number }
}

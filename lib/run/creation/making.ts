/** What the making of replicas needs, and what it yields. */
import type { TableDescription } from '../../dynamo/create/table-maker.ts'
import type { ControlPlaneOptions } from '../../dynamo/describe/control-plane.ts'
import type { RunEvent } from '../../model/events/events.ts'
import type { Question } from '../../model/events/question.ts'
import type { Stop } from '../../model/safeguard.ts'
import type { PlannedTable } from '../../model/tables/planned-table.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Creation } from '../../options/groups/create-options.ts'
import type { LocatedTables } from '../tables/table-access.ts'

/** Who hears of the making, and who agrees to it. */
export interface MakingHeard {
  readonly onEvent: (event: RunEvent) => void
  /** Absent: nobody is asked, and an account is expected. */
  readonly confirm?: (question: Question) => Promise<boolean>
}

export interface Making extends MakingHeard {
  readonly creation: Creation
  readonly dryRun: boolean
  /** The masks that a new table is filled under. Undefined: none. */
  readonly masks: string | undefined
  readonly all: LocatedTables
  readonly runId: string
  readonly options: (table: TableIndex) => MakingOptions
  /** Looks at the tables that exist. Resolves to whether something speaks against the run. */
  readonly check: (there: readonly TableIndex[]) => Promise<boolean>
}

export type MakingOptions = ControlPlaneOptions & { readonly ending: AbortSignal }

/** The tables of a run once the missing ones were seen to. */
export interface Made {
  /** Those that exist now. */
  readonly there: readonly TableIndex[]
  /** By the label of the replica: what was made, or would be. */
  readonly creations: ReadonlyMap<string, PlannedTable>
  /** The answer to a question was not yes: nothing was made. */
  readonly stop?: Stop
}

export type { TableDescription }

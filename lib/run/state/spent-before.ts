/** What the passes before this one have used of the limits of their run. */
import type { TableIndex } from '../../model/tables/table.ts'
import type { ReadUnits } from '../../model/units.ts'

export interface SpentBefore {
  /** Writes that the allowance has granted. */
  readonly claimed: number
  /** Of all tables. */
  readonly readUnits: ReadUnits
  readonly deleted: (replica: TableIndex) => number
}

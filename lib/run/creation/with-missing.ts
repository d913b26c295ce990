/** Inspects the tables of a run once those that were missing are seen to. */
import type { TableIndex } from '../../model/tables/table.ts'
import type { ReadUnits } from '../../model/units.ts'
import { makeReplicas } from './make-replicas.ts'
import type { Made, Making } from './making.ts'

/** What an inspection yields: one entry for each table, in their order. */
interface Seen {
  readonly readUnits: readonly ReadUnits[]
}

/** How the tables that exist are looked at. */
export interface Looking<Tables> {
  readonly inspect: (there: readonly TableIndex[]) => Promise<Tables>
  /** Whether something speaks against the run. */
  readonly check: (tables: Tables) => Promise<boolean>
}

/** Tables that exist are inspected twice if others are made: nothing is made for a run that is refused. */
export async function withMissing<Tables extends Seen>(
  making: Omit<Making, 'check'>,
  { inspect, check }: Looking<Tables>,
): Promise<Tables & { readonly made: Pick<Made, 'creations' | 'stop'> }> {
  const earlier = new Map<TableIndex, ReadUnits>()
  const { there, ...made } = await makeReplicas({
    ...making,
    async check(existing) {
      const tables = await inspect(existing)
      for (const [at, index] of existing.entries()) earlier.set(index, tables.readUnits[at] ?? 0)
      return check(tables)
    },
  })
  const tables = await inspect(there)
  const readUnits = tables.readUnits.map(
    (units, at) => units + (earlier.get(there[at] as TableIndex) ?? 0),
  )
  return { ...tables, made, readUnits }
}

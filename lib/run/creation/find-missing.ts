/** Describes the tables of a run, to find those that do not exist. */
import { openTableMaker, type TableDescription } from '../../dynamo/create/table-maker.ts'
import { TablesyncError } from '../../errors.ts'
import { MASTER, type TableIndex } from '../../model/tables/table.ts'
import { accessOf } from '../tables/table-access.ts'
import type { Making } from './making.ts'

/** `denied`: nobody may say whether it exists, so it is taken to. */
export type Found = TableDescription | 'missing' | 'denied'

export async function findTables({ all, runId, options }: Making): Promise<readonly Found[]> {
  const looks = all.map(async (table, index): Promise<Found> => {
    const maker = openTableMaker(accessOf(table, index, runId), options(index))
    try {
      return (await maker.look()) ?? 'missing'
    } catch (error) {
      if ((error as TablesyncError).code === 'ACCESS_DENIED') return 'denied'
      throw error
    } finally {
      maker.close()
    }
  })
  return Promise.all(looks)
}

export const isDescribed = (found: Found | undefined): found is TableDescription =>
  typeof found === 'object'

export const indexesWhere = (
  all: readonly Found[],
  holds: (found: Found) => boolean,
): TableIndex[] => all.flatMap((found, index) => (index !== MASTER && holds(found) ? [index] : []))

/** @throws TablesyncError if the master cannot be described, so that no table is made like it */
export function describedMaster({ all }: Making, found: Found | undefined): TableDescription {
  if (isDescribed(found)) return found
  const [{ ref }] = all
  const { label } = ref
  if (found === 'missing') {
    throw new TablesyncError(`Expected the master ${label} to exist, found no such table`, {
      code: 'TABLE_NOT_FOUND',
      scope: 'run',
      table: MASTER,
      hint: 'Check the name, the region and the account that the credentials belong to.',
    })
  }
  throw new TablesyncError(`DescribeTable was denied on the master ${label}`, {
    code: 'ACCESS_DENIED',
    scope: 'run',
    table: MASTER,
    hint: 'Allow dynamodb:DescribeTable on it: a replica is made by its description.',
  })
}

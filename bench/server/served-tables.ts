/** The tables that were asked for so far, with what was written to them. */
import { parseTableName } from '../tables/table-name.ts'
import { Repairs } from './repairs.ts'

const tables = new Map<string, Repairs>()

export function servedTable(name: string): Repairs {
  const known = tables.get(name) ?? new Repairs(parseTableName(name))
  tables.set(name, known)
  return known
}

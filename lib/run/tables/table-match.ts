/** A file is only used on the tables that it was written for. */
import { TablesyncError } from '../../errors.ts'
import type { RecordedTable } from '../../model/files/recorded-table.ts'
import { describeKey, type InspectedTable } from '../../model/tables/table.ts'
import { isAnotherTable } from '../../model/tables/table-identity.ts'

/** @throws TablesyncError with code `TABLE_CHANGED` */
export function refuseOtherTable(
  then: RecordedTable | undefined,
  { ref, facts }: InspectedTable,
  what: string,
): void {
  if (then === undefined) return
  const isOther = isAnotherTable({ tableId: then.tableId, createdAt: then.createdAt }, facts)
  if (!isOther && describeKey(then.keySchema) === describeKey(facts.keySchema)) return
  throw new TablesyncError(
    `Expected ${ref.label} to be the table that the ${what} was written for, got another table of that name`,
    {
      code: 'TABLE_CHANGED',
      scope: 'run',
      hint: 'Check account, region and endpoint. For a recreated table, the file is void.',
    },
  )
}

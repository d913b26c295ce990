/** Checks that described tables fit each other, and the names that the user gave them. */
import type { DescribedFacts } from '../../dynamo/describe/description.ts'
import { TablesyncError } from '../../errors.ts'
import { NO_ACCOUNT } from '../../model/tables/planned-table.ts'
import { describeKey, type KeySchema } from '../../model/tables/table.ts'
import type { TableSettings } from '../../options/groups/table-options.ts'

/** The key of all tables. A table whose DescribeTable was denied is assumed to have it too. */
export function commonKey(
  tables: readonly TableSettings[],
  described: readonly DescribedFacts[],
): KeySchema {
  const known = described.findIndex(({ keySchema }) => keySchema !== undefined)
  const expected = described[known]?.keySchema
  if (expected === undefined) {
    throw new TablesyncError('DescribeTable was denied on every table', {
      code: 'ACCESS_DENIED',
      scope: 'run',
      hint: 'Allow dynamodb:DescribeTable on the master: its key is needed to match items.',
    })
  }
  for (const [index, { keySchema }] of described.entries()) {
    if (keySchema === undefined || describeKey(keySchema) === describeKey(expected)) continue
    throw new TablesyncError(
      `Expected ${tables[index]?.ref.label} to have the key of ${tables[known]?.ref.label}, ` +
        `${describeKey(expected)}; got ${describeKey(keySchema)}`,
      {
        code: 'KEY_SCHEMA_MISMATCH',
        scope: 'run',
        hint: 'Items are matched by key: names and types must be the same in all tables.',
      },
    )
  }
  return expected
}

/**
 * On this machine, requests name a table by its name, whatever account its ARN has. The endpoint
 * may still forward requests to the service, where the name may be another account's table.
 */
export function refuseOtherAccount(
  tables: readonly TableSettings[],
  described: readonly DescribedFacts[],
): void {
  for (const [index, { ref }] of tables.entries()) {
    const [, , , , account = NO_ACCOUNT] = described[index]?.arn?.split(':') ?? []
    if (ref.account === undefined || account === NO_ACCOUNT || account === ref.account) continue
    throw new TablesyncError(`${ref.label} is in account ${account}; expected ${ref.account}`, {
      code: 'TABLE_NOT_FOUND',
      scope: 'run',
      table: index,
      hint: 'On this machine, tables are found by name only. If this is the table that you mean, name it <region>:<table>.',
    })
  }
}

/** In which account a table would be made, and whether that is the one that is meant. */
import { type CallerAccount, callerAccount } from '../../access/caller-account.ts'
import { type TablesyncError, usageError } from '../../errors.ts'
import { NO_ACCOUNT } from '../../model/tables/planned-table.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { LocatedTable } from '../tables/table-access.ts'
import type { Making } from './making.ts'

/**
 * Undefined: nobody could say, in a dry run.
 *
 * @throws TablesyncError with code `USAGE` where it is another account than the user names
 */
export async function accountFor(
  making: Making,
  index: TableIndex,
): Promise<CallerAccount | undefined> {
  const table = making.all[index] as LocatedTable
  const { ref, profile, trust } = table
  const { credentials, timeouts, ending } = making.options(index)
  const { expectAccount } = making.creation
  const asking = callerAccount({ ref, profile, trust, credentials, timeouts, ending })
  const found = await asking.catch((error: TablesyncError) => {
    if (making.dryRun && expectAccount === undefined && error.code === 'CREDENTIALS') return
    throw error
  })
  if (found === undefined) return undefined
  const { account } = found
  if (expectAccount !== undefined && expectAccount !== account) {
    throw usageError(
      `Expected the account of ${ref.label} to be ${expectAccount}, got ${account}`,
      `Check name and credentials, or give --expect-account ${account}.`,
    )
  }
  if (ref.account !== undefined && account !== NO_ACCOUNT && ref.account !== account) {
    throw usageError(
      `Expected credentials of account ${ref.account} to make ${ref.label}, got those of ${account}`,
      'Give those of its own account: --replica-profile or --replica-role-arn.',
    )
  }
  return found
}

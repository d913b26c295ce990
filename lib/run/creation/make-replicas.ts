/** Sees to the replicas that do not exist, before the tables of a run are inspected. */
import { refuseUnready } from '../../dynamo/describe/table-status.ts'
import type { Question } from '../../model/events/question.ts'
import type { Stop } from '../../model/safeguard.ts'
import { MASTER } from '../../model/tables/table.ts'
import type { LocatedTable } from '../tables/table-access.ts'
import { describedMaster, findTables, indexesWhere, isDescribed } from './find-missing.ts'
import { awaitTable, makeTable } from './make-table.ts'
import type { Made, Making } from './making.ts'
import { type Planned, planTables } from './plan-table.ts'

/**
 * Makes them if nothing speaks against it and somebody has agreed. In a dry run it only plans them.
 *
 * @throws TablesyncError where a table cannot be made as asked
 * @throws the reason of the signal, once that is aborted
 */
export async function makeReplicas(making: Making): Promise<Made> {
  const found = await findTables(making)
  const all = found.map((_, index) => index)
  const begun = indexesWhere(found, (one) => isDescribed(one) && one.TableStatus === 'CREATING')
  await together(begun.map((index) => awaitTable(making, index)))
  const missing = indexesWhere(found, (one) => one === 'missing')
  if (missing.length === 0) return { there: all, creations: new Map() }

  const master = describedMaster(making, found[MASTER])
  const [{ ref }] = making.all
  refuseUnready({ label: ref.label, index: MASTER }, master.TableStatus)
  const planned = await planTables(making, master, missing)
  for (const { label: replica, table } of planned) {
    making.onEvent({ type: 'creation', replica, dryRun: making.dryRun, table })
  }
  const there = all.filter((index) => !missing.includes(index))
  const nothingMade = { there, creations: creationsOf(planned, false) }
  if (making.dryRun) return nothingMade
  // What refuses the run refuses it before there is a table.
  if (await making.check(there)) return nothingMade
  const stop = await refused(making, planned)
  if (stop !== undefined) return { ...nothingMade, stop }
  await together(planned.map((one) => makeTable(making, one)))
  return { there: all, creations: creationsOf(planned, true) }
}

const creationsOf = (planned: readonly Planned[], made: boolean) =>
  new Map(planned.map(({ label, table }) => [label, { ...table, made }]))

/** Lets all come to their end before one of them fails. */
async function together(work: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(work)
  await Promise.all(work)
}

/** Asks for each table, before any is made. */
async function refused(making: Making, planned: readonly Planned[]): Promise<Stop | undefined> {
  const { confirm } = making
  if (confirm === undefined) return undefined
  for (const one of planned) {
    if (await confirm(questionOf(making, one))) continue
    making.options(one.index).ending.throwIfAborted()
    return {
      safeguard: 'confirmation',
      message: `the making of ${one.label} was not confirmed`,
      hint: `To continue without a question: --yes --expect-account ${one.table.account}`,
    }
  }
  return undefined
}

function questionOf({ all }: Making, { index, label, table, request }: Planned): Question {
  const { region, account, arn, approximateItems } = table
  const { ref } = all[index] as LocatedTable
  const { KMSMasterKeyId: kmsKey } = request.SSESpecification ?? {}
  return {
    ...{ about: 'creation', replica: label, table: { ref }, region, account, arn },
    approximateItems,
    ...(kmsKey !== undefined && { kmsKey }),
  }
}

/** Plans a table like the master: its request, its place, and what it will not have. */
import { settingsAsked } from '../../dynamo/create/as-asked.ts'
import { readAsides } from '../../dynamo/create/asides.ts'
import { notMade } from '../../dynamo/create/not-made.ts'
import { tableRequest } from '../../dynamo/create/table-request.ts'
import { TablesyncError } from '../../errors.ts'
import { placeOf } from '../../model/tables/endpoint-kind.ts'
import type { PlannedTable } from '../../model/tables/planned-table.ts'
import { MASTER, type TableIndex, type TableRef } from '../../model/tables/table.ts'
import { accessOf, type LocatedTable } from '../tables/table-access.ts'
import { accountFor } from './account-choice.ts'
import { keyFor } from './key-choice.ts'
import type { Making, TableDescription } from './making.ts'

/** A table to make, and whose it is. */
export interface Planned {
  readonly index: TableIndex
  readonly label: string
  readonly table: PlannedTable
  readonly request: ReturnType<typeof tableRequest>
}

/** @throws TablesyncError where the account or the KMS key is not as it has to be */
export async function planTables(
  making: Making,
  master: TableDescription,
  missing: readonly TableIndex[],
): Promise<readonly Planned[]> {
  refuseTwice(missing.map((index) => (making.all[index] as LocatedTable).ref))
  const requests = await Promise.all(missing.map((index) => requestFor(making, master, index)))
  const [source] = making.all
  const access = accessOf(source, MASTER, making.runId)
  const asides = await readAsides(access, master.TableArn, making.options(MASTER))
  const { ItemCount: items = -1 } = master
  return requests.map(({ index, request, account, arn }) => {
    const { ref } = making.all[index] as LocatedTable
    const ends = {
      master: target(source, master.TableArn ?? null),
      replica: target(making.all[index] as LocatedTable, arn),
    }
    const table = {
      ...{ region: ref.region, account, arn, request: { ...request } },
      settings: settingsAsked(request),
      notMade: notMade(master, asides, ends, request.BillingMode),
      approximateItems: items < 0 ? null : items,
      made: false,
    }
    return { index, label: ref.label, table, request }
  })
}

/** Made twice, it would be one table, and the run would be refused after that. */
function refuseTwice(refs: readonly TableRef[]): void {
  const places = refs.map(({ region, name, endpoint }) => `${placeOf(endpoint)} ${region} ${name}`)
  const at = places.findIndex((place, index) => places.indexOf(place) < index)
  if (at < 0) return
  const first = refs[places.indexOf(places[at] as string)]
  throw new TablesyncError(
    `Expected replicas to be different tables, got one table as ${first?.label} and ${refs[at]?.label}`,
    { code: 'SAME_TABLE', scope: 'run', hint: 'Name each table once.' },
  )
}

async function requestFor(making: Making, master: TableDescription, index: TableIndex) {
  const { ref } = making.all[index] as LocatedTable
  const { creation, dryRun, confirm } = making
  const { account = null, partition } = (await accountFor(making, index)) ?? {}
  const { label, region } = ref
  const mayTakeMasters = dryRun || confirm !== undefined
  const kmsKey = keyFor(master, creation, { label, region, account, mayTakeMasters })
  const choices = { tableName: ref.name, billing: creation.billing, kmsKey }
  return {
    ...{ index, account },
    request: tableRequest(master, choices),
    arn: account && `arn:${partition}:dynamodb:${region}:${account}:table/${ref.name}`,
  }
}

const target = ({ ref, profile }: LocatedTable, arn: string | null) => ({
  ...{ name: ref.name, region: ref.region, arn, endpoint: ref.endpoint, profile },
})

/**
 * Looks before it leaps: every table described, compared with the master and
 * read from once. Whatever is wrong with them is told here, before anything is
 * scanned or written.
 */
import {
  checkReadable,
  type DescribedFacts,
  describeTable,
  keysOf,
} from '../../dynamo/describe/table-facts.ts'
import { TablesyncError } from '../../errors.ts'
import type { CredentialKeeper } from '../../model/tables/aws-credentials.ts'
import {
  describeKey,
  type InspectedTable,
  type KeySchema,
  MASTER,
  type TableIndex,
} from '../../model/tables/table.ts'
import type { ReadUnits } from '../../model/units.ts'
import type { Settings, TableSettings } from '../../options/settings.ts'
import type { TableAccess } from '../../protocol/messages.ts'
import { compression } from './compression.ts'
import { knownTables, refuseSameTable } from './same-table.ts'
import { accessOf, type LocatedTable, located } from './table-access.ts'
import { credentialKeepers } from './table-credentials.ts'
import { refuseKeyAsVersion } from './version-attribute.ts'

/** A table that was never connected to is rather misspelt than down. */
const SET_UP_RETRIES = 2

/** The tables of a run, the master first, each at its own index. */
export interface Tables {
  /** Stands in the user agent of every request, and in the name of an assumed role's session. */
  readonly runId: string
  readonly inspected: readonly [InspectedTable, ...InspectedTable[]]
  readonly access: readonly TableAccess[]
  readonly credentials: readonly CredentialKeeper[]
  /** Those that the run depends on: an undo asks nothing of a master. */
  readonly used: readonly TableIndex[]
  /** Those that return all their items for each segment of a scan. */
  readonly undivided: readonly TableIndex[]
  /** What looking at each table took, by index. */
  readonly readUnits: readonly ReadUnits[]
}

export interface RunToBegin {
  /** Told apart from other runs by whoever reads the account's logs. */
  readonly runId: string
  /** Aborted: the run is to end. */
  readonly signal: AbortSignal
  /** Aborted: it has ended. */
  readonly over: AbortSignal
}

/**
 * @throws TablesyncError where a table cannot be read or does not fit the others
 * @throws the reason of `signal`, once that is aborted
 */
export async function inspectTables(
  settings: Settings,
  { runId, signal, over }: RunToBegin,
  { scans } = { scans: true },
): Promise<Tables> {
  const all = await located(settings)
  const credentials = credentialKeepers(all, settings.timeouts, runId, over)
  const options = inspectOptions(settings, credentials, signal)
  const isWriting = Object.values(settings.asked).includes(true)
  const wanted = (index: number) => ({
    timeToLive: settings.ttlAware || isWriting,
    recovery: isWriting && index > 0,
  })
  const described = await Promise.all(
    all.map((table, index) =>
      describeTable(accessOf(table, index, runId), wanted(index), options(index)),
    ),
  )
  const facts = described.map((one) => one.facts)
  const keySchema = commonKey(all, facts)
  refuseKeyAsVersion(settings, keySchema)
  const asked = compression(settings)
  refuseSameTable(knownTables(all, facts))
  refuseOtherAccount(all, facts)
  const access = all.map((table, index) => ({
    ...accessOf(table, index, runId),
    keySchema,
    address: asked(table.ref, (described[index] as Reached).address),
    ...ttlOf(settings, facts[0], facts[index]),
  }))
  let sampled: ReadUnits = 0
  const keysElsewhere = async () => {
    const { keys, readUnits } = await keysOf(access[MASTER] as TableAccess, options(MASTER))
    sampled += readUnits
    return keys
  }
  const scansReplicas = settings.strategy !== 'lookup' || settings.scanForExtra
  const readable = await Promise.all(
    access.map((table, index) =>
      checkReadable(
        table,
        {
          scan: scans && (index === 0 || scansReplicas),
          lookup: true,
          ...(scans && { keysElsewhere }),
        },
        options(index),
      ),
    ),
  )
  const used = all.map((_, index) => index)
  return {
    runId,
    inspected: await inspected(all, facts, keySchema, credentials),
    access,
    credentials,
    used,
    undivided: used.filter((index) => readable[index]?.ignoresSegments),
    readUnits: readable.map(({ readUnits }, index) => readUnits + (index === MASTER ? sampled : 0)),
  }
}

type Reached = Awaited<ReturnType<typeof describeTable>>

/** The same for replicas alone: the master's place is taken by the first of them, and nothing is asked there. */
export async function inspectReplicas(
  settings: Settings,
  { runId, signal, over }: RunToBegin,
): Promise<Tables> {
  const [master, ...replicas] = await located(settings)
  const all = [replicas[0] as LocatedTable, ...replicas]
  const keepers = credentialKeepers([master, ...replicas], settings.timeouts, runId, over)
  // Nobody is asked to be somebody to a master that is asked for nothing.
  const credentials = [keepers[1] as CredentialKeeper, ...keepers.slice(1)]
  const options = inspectOptions(settings, credentials, signal)
  const described = await Promise.all(
    all.map((table, index) =>
      describeTable(
        accessOf(table, index, runId),
        { timeToLive: false, recovery: false },
        options(index),
      ),
    ),
  )
  const facts = described.map((one) => one.facts)
  const keySchema = commonKey(all, facts)
  refuseOtherAccount(all, facts)
  const asked = compression(settings)
  const access = all.map((table, index) => ({
    ...accessOf(table, index, runId),
    keySchema,
    address: asked(table.ref, (described[index] as Reached).address),
  }))
  const used = settings.replicas.map((_, at) => at + 1)
  return {
    runId,
    inspected: await inspected(all, facts, keySchema, credentials),
    access,
    credentials,
    used,
    undivided: [],
    readUnits: [],
  }
}

/** Items count as expired where both sides have them expire by the same attribute. */
function ttlOf(
  { ttlAware }: Settings,
  master: DescribedFacts | undefined,
  replica: DescribedFacts | undefined,
): { ttlAttribute?: string } {
  const attribute = replica?.ttlAttribute ?? undefined
  const isShared = attribute !== undefined && attribute === master?.ttlAttribute
  return ttlAware && isShared ? { ttlAttribute: attribute } : {}
}

function inspectOptions(
  settings: Settings,
  credentials: readonly CredentialKeeper[],
  ending: AbortSignal,
) {
  const timeouts = { ...settings.timeouts, maxConnectRetries: SET_UP_RETRIES }
  return (index: number) => ({
    credentials: credentials[index] as CredentialKeeper,
    timeouts,
    ending,
  })
}

async function inspected(
  all: readonly TableSettings[],
  described: readonly DescribedFacts[],
  keySchema: KeySchema,
  credentials: readonly CredentialKeeper[],
): Promise<Tables['inspected']> {
  const tables = all.map(async ({ ref }, index) => {
    const { defaultKeys } = await (credentials[index] as CredentialKeeper)()
    const facts = { ...(described[index] as DescribedFacts), keySchema }
    return { ref, facts, ...(defaultKeys !== undefined && { defaultKeys }) }
  })
  return (await Promise.all(tables)) as [InspectedTable, ...InspectedTable[]]
}

/** The key all tables have; a table whose description was denied is taken to have it too. */
function commonKey(
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

/** The account that emulators have their tables in. */
const NO_ACCOUNT = '000000000000'

/**
 * On this machine a table is asked by its name, whatever account its ARN names. What answers
 * may yet hand requests on to the service, where the name is another table's.
 */
function refuseOtherAccount(
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

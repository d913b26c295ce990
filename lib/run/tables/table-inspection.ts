/**
 * Checks the tables before a run: describes each one, compares it with the master, and reads from
 * it once. Every problem with a table is reported here, before anything is scanned or written.
 */
import type { DescribedFacts } from '../../dynamo/describe/description.ts'
import { checkReadable, keysOf } from '../../dynamo/describe/read-check.ts'
import { describeTable } from '../../dynamo/describe/table-facts.ts'
import { deniedWrites, type WriteOperation } from '../../dynamo/describe/write-probe.ts'
import type { CredentialKeeper } from '../../model/tables/aws-credentials.ts'
import { whereIs } from '../../model/tables/endpoint-kind.ts'
import type { RequestAddress } from '../../model/tables/request-address.ts'
import {
  type InspectedTable,
  type KeySchema,
  MASTER,
  type StandIn,
  type TableIndex,
} from '../../model/tables/table.ts'
import type { ReadUnits } from '../../model/units.ts'
import type { Settings } from '../../options/settings.ts'
import type { TableAccess } from '../../protocol/setup.ts'
import type { Made, MakingHeard } from '../creation/making.ts'
import { refuseOtherMasks } from '../creation/other-masks.ts'
import { isByKeyOnly, keysAreMasked } from '../preflight/changed-keys.ts'
import { refuseFilteredKeys } from '../preflight/filtered-attributes.ts'
import { refuseKeyAsVersion } from '../preflight/version-attribute.ts'
import { compression } from './compression.ts'
import { knownTables, refuseSameTable } from './same-table.ts'
import { accessOf, type LocatedTable, located } from './table-access.ts'
import { commonKey, refuseOtherAccount } from './table-agreement.ts'
import { credentialKeepers } from './table-credentials.ts'

/** A table that was never reached is more likely misspelt than down. */
const SET_UP_RETRIES = 2

/** The tables of a run, each at its own index: the master first, or what stands in for it. */
export interface Tables {
  /** Part of the user agent of every request, and of the name of an assumed role's session. */
  readonly runId: string
  readonly inspected: readonly [InspectedTable | StandIn, ...InspectedTable[]]
  readonly access: readonly TableAccess[]
  readonly credentials: readonly CredentialKeeper[]
  /** Tables that return all their items for each segment of a scan. */
  readonly undivided: readonly TableIndex[]
  /** Writes that are denied on a made-up key of a replica. Not asked of emulators. */
  readonly denied: readonly DeniedWrites[]
  /** Read units that these checks took, by table index. */
  readonly readUnits: readonly ReadUnits[]
  /** Of replicas that did not exist. Absent: none was to be made. */
  readonly made?: Pick<Made, 'creations' | 'stop'>
}

export interface DeniedWrites {
  readonly table: TableIndex
  readonly operations: readonly WriteOperation[]
}

export interface RunToBegin {
  /** Distinguishes this run from others in the account's logs. */
  readonly runId: string
  /** Aborts when the run should end. */
  readonly signal: AbortSignal
  /** Aborts when the run has ended. */
  readonly over: AbortSignal
  /** Who hears of replicas that are made, and agrees to them. Absent: no replica is made. */
  readonly making?: MakingHeard & {
    /** Whether something speaks against a run of these tables, for which others are made then. */
    readonly check: (tables: Tables) => Promise<boolean>
  }
}

/**
 * Replicas that do not exist are made first, if that is asked for: what is returned is of the tables
 * that exist then.
 *
 * @throws TablesyncError if a table cannot be read or does not fit the others
 * @throws the reason of `signal`, once that is aborted
 */
export async function inspectTables(
  settings: Settings,
  begin: RunToBegin,
  { scans } = { scans: true },
): Promise<Tables> {
  const { creation, dryRun } = settings
  const { runId, signal, over, making } = begin
  const all = await located(settings)
  const credentials = credentialKeepers(all, settings.timeouts, runId, over)
  const inspect = (tables: readonly TableIndex[]) => {
    const of = <One>(each: readonly One[]) => tables.map((index) => each[index] as One)
    const replicas = of([settings.master, ...settings.replicas]).slice(1)
    const found = { all: of(all), credentials: of(credentials), scans }
    return inspectThese({ ...settings, replicas }, begin, found)
  }
  if (creation === undefined || making === undefined) return inspect(all.map((_, index) => index))
  const { withMissing } = await import('../creation/with-missing.ts')
  const { check, ...heard } = making
  const options = inspectOptions(settings, credentials, signal)
  const masks = settings.change?.masks?.mark
  const toMake = { creation, dryRun, all, runId, options, masks, ...heard }
  return withMissing(toMake, { inspect, check })
}

interface FoundTables {
  readonly all: readonly LocatedTable[]
  readonly credentials: readonly CredentialKeeper[]
  readonly scans: boolean
}

async function inspectThese(
  settings: Settings,
  { runId, signal }: RunToBegin,
  { all, credentials, scans }: FoundTables,
): Promise<Tables> {
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
  const addresses = described.map((one) => one.address)
  const keySchema = commonKey(all, facts)
  refuseKeyAsVersion(settings, keySchema)
  refuseFilteredKeys(settings, keySchema)
  const asked = compression(settings)
  refuseSameTable(knownTables(all, facts))
  refuseOtherAccount(all, facts)
  const areKeysMasked = keysAreMasked(settings, keySchema)
  const masterOnly = {
    ...(settings.filter !== undefined && { filter: settings.filter }),
    ...(settings.change?.transform !== undefined && { leavesOut: true as const }),
    ...(settings.change?.masks !== undefined && { valuesAreHidden: true as const }),
    ...(areKeysMasked && { keysAreHidden: true as const }),
  }
  const access = all.map((table, index) => ({
    ...accessOf(table, index, runId),
    keySchema,
    address: asked(table.ref, addresses[index] as RequestAddress),
    ...ttlOf(settings, facts[0], facts[index]),
    ...(index === MASTER && masterOnly),
  }))
  let sampled: ReadUnits = 0
  const keysElsewhere = async () => {
    const { keys, readUnits } = await keysOf(access[MASTER] as TableAccess, options(MASTER))
    sampled += readUnits
    return keys
  }
  const isByKey = settings.strategy === 'lookup' || isByKeyOnly(settings, keySchema)
  const scansReplicas = !isByKey || settings.scanForExtra
  const readable = await Promise.all(
    access.map((table, index) =>
      checkReadable(
        table,
        {
          scan: scans && (index === 0 || scansReplicas),
          lookup: true,
          // A masked key is nobody's business but the master's.
          ...(scans && !areKeysMasked && { keysElsewhere }),
        },
        options(index),
      ),
    ),
  )
  if (isWriting)
    await refuseOtherMasks(
      settings,
      access,
      facts.map(({ arn }) => arn),
      options,
    )
  const denied = isWriting ? await deniedOn(access, options) : []
  return {
    runId,
    denied,
    inspected: await inspected(all, facts, keySchema, credentials),
    access,
    credentials,
    undivided: readable.flatMap(({ ignoresSegments }, index) => (ignoresSegments ? [index] : [])),
    readUnits: readable.map(({ readUnits }, index) => readUnits + (index === MASTER ? sampled : 0)),
  }
}

/** An emulator may not know conditions, and would write. */
async function deniedOn(
  access: readonly TableAccess[],
  options: ReturnType<typeof inspectOptions>,
): Promise<DeniedWrites[]> {
  const replicas = access.filter(
    ({ index, endpoint }) => index !== MASTER && whereIs(endpoint) === 'aws',
  )
  const asked = await Promise.all(
    replicas.map(async (table) => ({
      table: table.index,
      operations: await deniedWrites(table, options(table.index)),
    })),
  )
  return asked.filter(({ operations }) => operations.length > 0)
}

/** Items count as expired only if both tables expire items by the same attribute. */
function ttlOf(
  { ttlAware }: Settings,
  master: DescribedFacts | undefined,
  replica: DescribedFacts | undefined,
): { ttlAttribute?: string } {
  const attribute = replica?.ttlAttribute ?? undefined
  const isShared = attribute !== undefined && attribute === master?.ttlAttribute
  return ttlAware && isShared ? { ttlAttribute: attribute } : {}
}

export function inspectOptions(
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

export async function inspected(
  all: readonly Pick<LocatedTable, 'ref' | 'profile'>[],
  described: readonly DescribedFacts[],
  keySchema: KeySchema,
  credentials: readonly CredentialKeeper[],
): Promise<readonly [InspectedTable, ...InspectedTable[]]> {
  const tables = all.map(async ({ ref, profile }, index) => {
    const { defaultKeys } = await (credentials[index] as CredentialKeeper)()
    const facts = { ...(described[index] as DescribedFacts), keySchema }
    return {
      ...{ ref, facts },
      ...(profile !== undefined && { profile }),
      ...(defaultKeys !== undefined && { defaultKeys }),
    }
  })
  return (await Promise.all(tables)) as [InspectedTable, ...InspectedTable[]]
}

/** Asks what a table is, and whether we may read it, before anything else is done. */
import type { GlobalSecondaryIndexDescription, TableDescription } from '@aws-sdk/client-dynamodb'
import { TablesyncError } from '../../errors.ts'
import { type KeyText, keyTextOf } from '../../item/key.ts'
import type { KnownCapacity } from '../../model/tables/capacity.ts'
import type { RequestAddress } from '../../model/tables/request-address.ts'
import {
  describeKey,
  type KeyAttribute,
  type KeySchema,
  type KeyType,
  type SecondaryIndex,
  type TableFacts,
} from '../../model/tables/table.ts'
import type { ReadUnits } from '../../model/units.ts'
import type { TableAccess } from '../../protocol/messages.ts'
import { openClient, type TableClient } from '../request/client.ts'
import { scanner } from '../scan.ts'
import {
  type Described,
  type Describer,
  type DescriberOptions,
  openDescriber,
} from './describer.ts'
import { checkLookup, sampleKeys } from './read-permission.ts'
import { refuseUnready } from './table-status.ts'

export type { Described }

/** Like `TableFacts`, but the key schema is unknown if the description was denied. */
export type DescribedFacts = Omit<TableFacts, 'keySchema'> & {
  readonly keySchema: KeySchema | undefined
}

const UNKNOWN: DescribedFacts = {
  keySchema: undefined,
  arn: undefined,
  tableId: undefined,
  createdAt: undefined,
  approximateItems: undefined,
  approximateBytes: undefined,
  otherRegions: undefined,
  hasStream: undefined,
  ttlAttribute: undefined,
  hasPointInTimeRecovery: undefined,
  indexes: undefined,
  capacity: undefined,
}

/**
 * Describes the table, and how to reach it. A fact that a policy denies, or that an engine does not
 * know, is unknown and no error.
 *
 * @throws TablesyncError if the table does not exist or cannot be reached
 */
export async function describeTable(
  access: Described,
  wanted: FactsWanted,
  options: DescriberOptions,
): Promise<{ readonly facts: DescribedFacts; readonly address: RequestAddress }> {
  const describer = openDescriber(access, options)
  try {
    const facts = await factsFrom(describer, access, wanted)
    return { facts, address: await describer.address() }
  } finally {
    describer.close()
  }
}

async function factsFrom(
  describer: Describer,
  access: Described,
  wanted: FactsWanted,
): Promise<DescribedFacts> {
  const table = await orUnknown(describer.describe())
  if (table === undefined) return UNKNOWN
  refuseUnready(access, table.TableStatus)
  const unanswered: string[] = []
  /** The run can do without the answer, for whatever reason there is none. */
  const optional = <T>(asking: Promise<T>) =>
    orUnknown(asking).catch((error: unknown) => {
      if (!(error instanceof TablesyncError)) throw error
      unanswered.push(error.message)
      return undefined
    })
  const [ttlAttribute, hasPointInTimeRecovery] = await Promise.all([
    wanted.timeToLive
      ? optional(describer.describeTimeToLive().then((name) => name ?? null))
      : undefined,
    wanted.recovery ? optional(describer.describePointInTimeRecovery()) : undefined,
  ])
  return { ...factsOf(table, access.region), ttlAttribute, hasPointInTimeRecovery, unanswered }
}

/** What to ask for beside the table itself, because something depends on it. */
export interface FactsWanted {
  readonly timeToLive: boolean
  readonly recovery: boolean
}

async function orUnknown<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking
  } catch (error) {
    const { code, cause } = error as TablesyncError
    const isUnknownCall = (cause as Error | undefined)?.name === 'UnknownOperationException'
    if (code === 'ACCESS_DENIED' || isUnknownCall) return undefined
    throw error
  }
}

export interface ReadCheck {
  readonly scan: boolean
  readonly lookup: boolean
  /** Fetches keys of items if the table itself is not scanned. Absent: there are none. */
  readonly keysElsewhere?: () => Promise<readonly KeyText[]>
}

/** What a small read of a table has shown. */
export interface Readable {
  /** Whether each segment of a scan returns all items: some engines ignore `Segment`. */
  readonly ignoresSegments: boolean
  /** What the reads took, as the service reported it. */
  readonly readUnits: ReadUnits
}

/**
 * Reads next to nothing, in each way that the run will read: a denial shows now and not an hour
 * into the run. Takes at most three read units if nothing is denied.
 */
export async function checkReadable(
  access: TableAccess,
  check: ReadCheck,
  options: DescriberOptions,
): Promise<Readable> {
  const { client, units } = counted(openClient(access, options))
  try {
    const key = check.scan ? await keyOfSliver(client, 0) : undefined
    const others = check.scan ? () => sampleKeys(client) : check.keysElsewhere
    if (check.lookup) await checkLookup(client, options.timeouts, { key, others })
    // If segments work, no item is in two of them.
    const ignoresSegments = key !== undefined && key === (await keyOfSliver(client, SLIVERS / 2))
    return { ignoresSegments, readUnits: units() }
  } finally {
    client.close()
  }
}

/** A client that counts the read units of all answers. */
function counted(client: TableClient): { client: TableClient; units: () => ReadUnits } {
  let units = 0
  const send: TableClient['send'] = async (request) => {
    const answer = await client.send(request)
    units += request.unitsOf(answer)
    return answer
  }
  return { client: { ...client, send }, units: () => units }
}

const SLIVERS = 100_000

/** Reads only a sliver: emulators take long over the first page of a large segment. */
async function keyOfSliver(client: TableClient, segment: number): Promise<KeyText | undefined> {
  const sliver = { segment, totalSegments: SLIVERS, consistent: false, limit: 1 }
  const page = await scanner(client)(sliver, undefined)
  return page.count === 0 ? undefined : keyTextOf(page, 0, client.access.keySchema)
}

/** Keys of a table's items, to look up in another table that may not be scanned. */
export async function keysOf(
  access: TableAccess,
  options: DescriberOptions,
): Promise<{ readonly keys: readonly KeyText[]; readonly readUnits: ReadUnits }> {
  const { client, units } = counted(openClient(access, options))
  const keys = await sampleKeys(client).finally(() => client.close())
  return { keys, readUnits: units() }
}

type TableFactsProper = Omit<
  DescribedFacts,
  'ttlAttribute' | 'hasPointInTimeRecovery' | 'unanswered'
>

function factsOf(table: TableDescription, region: string): TableFactsProper {
  const regions = (table.Replicas ?? []).map(({ RegionName }) => RegionName ?? '')
  return {
    keySchema: keySchemaOf(table),
    arn: table.TableArn,
    tableId: table.TableId,
    createdAt: table.CreationDateTime?.toISOString(),
    approximateItems: countOf(table.ItemCount),
    approximateBytes: countOf(table.TableSizeBytes),
    otherRegions: regions.filter((name) => name !== '' && name !== region),
    hasStream: table.StreamSpecification?.StreamEnabled === true,
    indexes: [
      ...(table.GlobalSecondaryIndexes ?? []).map((index) => indexOf(table, index, false)),
      ...(table.LocalSecondaryIndexes ?? []).map((index) => indexOf(table, index, true)),
    ],
    capacity: {
      read: knownCapacity(
        table.ProvisionedThroughput?.ReadCapacityUnits,
        table.OnDemandThroughput?.MaxReadRequestUnits,
        table.WarmThroughput?.ReadUnitsPerSecond,
      ),
      write: knownCapacity(
        table.ProvisionedThroughput?.WriteCapacityUnits,
        table.OnDemandThroughput?.MaxWriteRequestUnits,
        table.WarmThroughput?.WriteUnitsPerSecond,
      ),
    },
  }
}

/** Some engines report -1 for what they do not count. */
const countOf = (value: number | undefined): number | undefined =>
  value !== undefined && value >= 0 ? value : undefined

/** An on-demand table has 0 provisioned units. A maximum of -1 means that there is none. */
function knownCapacity(provisioned = 0, onDemandMaximum = -1, warm = 0): KnownCapacity | undefined {
  if (provisioned > 0) return { unitsPerSecond: provisioned, from: 'provisioned' }
  if (onDemandMaximum > 0) return { unitsPerSecond: onDemandMaximum, from: 'on-demand maximum' }
  return warm > 0 ? { unitsPerSecond: warm, from: 'warm throughput' } : undefined
}

function indexOf(
  { AttributeDefinitions }: TableDescription,
  { IndexName = '', KeySchema: keys }: GlobalSecondaryIndexDescription,
  isLocal: boolean,
): SecondaryIndex {
  const types = new Map(
    AttributeDefinitions?.map((one) => [one.AttributeName, one.AttributeType ?? 'S']),
  )
  const key = (keys ?? []).map(
    ({ AttributeName: name = '' }): KeyAttribute => ({
      name,
      type: (types.get(name) ?? 'S') as KeyType,
    }),
  )
  return { name: IndexName, isLocal, key: describeKey(key) }
}

function keySchemaOf({ KeySchema: keys, AttributeDefinitions }: TableDescription) {
  const part = (role: string): KeyAttribute | undefined => {
    const name = keys?.find(({ KeyType }) => KeyType === role)?.AttributeName
    const type = AttributeDefinitions?.find(({ AttributeName }) => AttributeName === name)
    return name === undefined ? undefined : { name, type: (type?.AttributeType ?? 'S') as KeyType }
  }
  const partition = part('HASH')
  const sort = part('RANGE')
  if (partition === undefined) return undefined
  return sort === undefined ? ([partition] as const) : ([partition, sort] as const)
}

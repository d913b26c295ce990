/** What the facts of a table are in the answer of DescribeTable. */
import type { GlobalSecondaryIndexDescription, TableDescription } from '@aws-sdk/client-dynamodb'
import type { KnownCapacity } from '../../model/tables/capacity.ts'
import {
  describeKey,
  type KeyAttribute,
  type KeySchema,
  type KeyType,
  type SecondaryIndex,
  type TableFacts,
} from '../../model/tables/table.ts'

/** Like `TableFacts`, but the key schema is unknown if the description was denied. */
export type DescribedFacts = Omit<TableFacts, 'keySchema'> & {
  readonly keySchema: KeySchema | undefined
}

type TableFactsProper = Omit<
  DescribedFacts,
  'ttlAttribute' | 'hasPointInTimeRecovery' | 'unanswered' | 'settings'
>

export function factsOf(table: TableDescription, region: string): TableFactsProper {
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
    indexes: indexesOf(table),
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

export const indexesOf = (table: TableDescription): SecondaryIndex[] => [
  ...(table.GlobalSecondaryIndexes ?? []).map((index) => indexOf(table, index, false)),
  ...(table.LocalSecondaryIndexes ?? []).map((index) => indexOf(table, index, true)),
]

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

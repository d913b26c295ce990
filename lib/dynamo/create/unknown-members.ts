/** Members of a description that are neither made nor told: newer features of DynamoDB, mostly. */
import type { TableDescription } from '@aws-sdk/client-dynamodb'

const MADE_OR_TOLD = [
  ...['TableName', 'AttributeDefinitions', 'KeySchema', 'BillingModeSummary'],
  ...['ProvisionedThroughput', 'OnDemandThroughput', 'TableClassSummary', 'SSEDescription'],
  ...['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'],
  ...['StreamSpecification', 'DeletionProtectionEnabled', 'Replicas'],
]

/** States and counts, and what costs money and is seldom set by people. */
const NO_SETTINGS = [
  ...['TableStatus', 'CreationDateTime', 'TableSizeBytes', 'ItemCount', 'TableArn', 'TableId'],
  ...['LatestStreamLabel', 'LatestStreamArn', 'RestoreSummary', 'ArchivalSummary'],
  ...['WarmThroughput', 'GlobalTableVersion'],
]

const OF_TABLES = new Set([...MADE_OR_TOLD, ...NO_SETTINGS])

const OF_INDEXES = new Set([
  ...['IndexName', 'KeySchema', 'Projection', 'ProvisionedThroughput', 'OnDemandThroughput'],
  ...['IndexStatus', 'Backfilling', 'IndexSizeBytes', 'ItemCount', 'IndexArn', 'WarmThroughput'],
])

export interface OtherMember {
  readonly member: string
  /** Where it is in the description, as JMESPath says it. */
  readonly path: string
}

export function otherMembers(table: TableDescription): OtherMember[] {
  const kinds = ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'] as const
  return [
    ...besides(table, OF_TABLES).map((member) => ({ member, path: member })),
    ...kinds.flatMap((kind) =>
      (table[kind] ?? []).flatMap((index, at) =>
        besides(index, OF_INDEXES).map((member) => ({
          member: `${member} of index ${index.IndexName}`,
          path: `${kind}[${at}].${member}`,
        })),
      ),
    ),
  ]
}

/** What is off or empty is no feature in use. */
const besides = (of: object, known: ReadonlySet<string>) =>
  Object.entries(of)
    .filter(([name, value]) => !known.has(name) && isInUse(value))
    .map(([name]) => name)

const isInUse = (value: unknown) =>
  value !== undefined &&
  value !== null &&
  value !== false &&
  !(Array.isArray(value) && value.length === 0)

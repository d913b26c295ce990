/** Makes the request for a table like another, of the description of that one. */
import type {
  CreateTableCommandInput,
  GlobalSecondaryIndexDescription,
  KeySchemaElement,
  LocalSecondaryIndexDescription,
  TableDescription,
} from '@aws-sdk/client-dynamodb'
import { AWS_MANAGED_KEY } from '../../model/tables/planned-table.ts'

export interface TableChoices {
  readonly tableName: string
  /** `same`: as the master is billed, with its units and limits. */
  readonly billing: 'same' | 'on-demand'
  /** Undefined: the table is encrypted by a key that AWS owns. */
  readonly kmsKey: string | undefined
}

export function tableRequest(
  master: TableDescription,
  { tableName, billing, kmsKey }: TableChoices,
): CreateTableCommandInput {
  const isOnDemand = billing === 'on-demand' || !isProvisioned(master)
  const globals = lastingIndexes(master).map((index) => ({
    ...indexOf(index),
    ...throughputOf(index, isOnDemand),
  }))
  const locals = (master.LocalSecondaryIndexes ?? []).map(indexOf)
  const used = new Set(
    [master, ...globals, ...locals].flatMap(({ KeySchema = [] }) =>
      KeySchema.map(({ AttributeName }) => AttributeName),
    ),
  )
  const { TableClass = 'STANDARD' } = master.TableClassSummary ?? {}
  return {
    TableName: tableName,
    AttributeDefinitions: (master.AttributeDefinitions ?? [])
      .filter(({ AttributeName }) => used.has(AttributeName))
      .map(({ AttributeName, AttributeType }) => ({ AttributeName, AttributeType })),
    KeySchema: keysOf(master.KeySchema),
    ...(locals.length > 0 && { LocalSecondaryIndexes: locals }),
    ...(globals.length > 0 && { GlobalSecondaryIndexes: globals }),
    BillingMode: isOnDemand ? 'PAY_PER_REQUEST' : 'PROVISIONED',
    ...throughputOf(master, isOnDemand),
    ...(TableClass !== 'STANDARD' && { TableClass }),
    ...(kmsKey !== undefined && { SSESpecification: encryptionBy(kmsKey) }),
  }
}

/** An index that is being deleted is none that a new table needs. */
export const lastingIndexes = ({ GlobalSecondaryIndexes: globals = [] }: TableDescription) =>
  globals.filter(({ IndexStatus }) => IndexStatus !== 'DELETING')

/** Some engines give no billing mode: units say it then. */
export const isProvisioned = ({ BillingModeSummary, ProvisionedThroughput }: TableDescription) =>
  BillingModeSummary?.BillingMode !== 'PAY_PER_REQUEST' &&
  (ProvisionedThroughput?.ReadCapacityUnits ?? 0) > 0

const keysOf = (keys: readonly KeySchemaElement[] = []): KeySchemaElement[] =>
  keys.map(({ AttributeName, KeyType }) => ({ AttributeName, KeyType }))

function indexOf({ IndexName, KeySchema, Projection }: LocalSecondaryIndexDescription) {
  const { ProjectionType = 'ALL', NonKeyAttributes } = Projection ?? {}
  return {
    IndexName,
    KeySchema: keysOf(KeySchema),
    Projection: {
      ProjectionType,
      ...(NonKeyAttributes !== undefined && { NonKeyAttributes: [...NonKeyAttributes] }),
    },
  }
}

type Throughput = 'ProvisionedThroughput' | 'OnDemandThroughput'

function throughputOf(
  of: Pick<GlobalSecondaryIndexDescription, Throughput>,
  isOnDemand: boolean,
): Pick<CreateTableCommandInput, Throughput> {
  if (!isOnDemand) {
    const { ReadCapacityUnits = 1, WriteCapacityUnits = 1 } = of.ProvisionedThroughput ?? {}
    return { ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits } }
  }
  // A maximum of -1 means that there is none (API reference, OnDemandThroughput).
  const limits = Object.entries({
    MaxReadRequestUnits: of.OnDemandThroughput?.MaxReadRequestUnits,
    MaxWriteRequestUnits: of.OnDemandThroughput?.MaxWriteRequestUnits,
  }).filter(([, units = -1]) => units > 0)
  return limits.length === 0 ? {} : { OnDemandThroughput: Object.fromEntries(limits) }
}

/** The default key is used where no other is named (API reference, SSESpecification). */
const encryptionBy = (key: string) => ({
  Enabled: true,
  SSEType: 'KMS' as const,
  ...(key !== AWS_MANAGED_KEY && { KMSMasterKeyId: key }),
})

/** What CreateTable refuses beside its model (API reference, CreateTable; service quotas). */
import type { Body } from './stub-terms.ts'

interface Key {
  readonly AttributeName: string
  readonly KeyType: 'HASH' | 'RANGE'
}

interface Index {
  readonly IndexName: string
  readonly KeySchema: readonly Key[]
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: string[] }
  readonly ProvisionedThroughput?: object
  readonly OnDemandThroughput?: object
}

/** The first reason to refuse it; undefined: none. */
export function refusalOf(body: Body): string | undefined {
  const table = body as unknown as {
    readonly TableName: string
    readonly KeySchema: readonly Key[]
    readonly AttributeDefinitions: readonly { readonly AttributeName: string }[]
    readonly GlobalSecondaryIndexes?: readonly Index[]
    readonly LocalSecondaryIndexes?: readonly Index[]
    readonly BillingMode?: string
    readonly ProvisionedThroughput?: object
    readonly OnDemandThroughput?: object
  }
  const globals = table.GlobalSecondaryIndexes ?? []
  const locals = table.LocalSecondaryIndexes ?? []
  const indexes = [...globals, ...locals]
  const used = new Set(
    [table, ...indexes].flatMap(({ KeySchema }) => KeySchema.map((key) => key.AttributeName)),
  )
  const defined = table.AttributeDefinitions.map(({ AttributeName }) => AttributeName)
  const isOnDemand = table.BillingMode === 'PAY_PER_REQUEST'
  const charged = [table, ...globals]
  const [partition, sort] = table.KeySchema
  const rules: readonly (readonly [boolean, string])[] = [
    [/^[\w.-]{3,255}$/.test(table.TableName), 'a table name of 3 to 255 characters'],
    [partition?.KeyType === 'HASH', 'a partition key first'],
    [new Set(defined).size === defined.length, 'each attribute defined once'],
    [
      defined.length === used.size && defined.every((name) => used.has(name)),
      'all attributes used',
    ],
    [table.GlobalSecondaryIndexes === undefined || globals.length > 0, 'no empty list of indexes'],
    [table.LocalSecondaryIndexes === undefined || locals.length > 0, 'no empty list of indexes'],
    [globals.length <= 20 && locals.length <= 5, '20 global and 5 local indexes'],
    [new Set(indexes.map((one) => one.IndexName)).size === indexes.length, 'index names once each'],
    [
      locals.every(({ KeySchema: [own] }) => own?.AttributeName === partition?.AttributeName),
      'local indexes of the partition key',
    ],
    [locals.length === 0 || sort !== undefined, 'a sort key for local indexes'],
    [
      indexes.every(({ Projection: { ProjectionType: type, NonKeyAttributes: names } }) =>
        type === 'INCLUDE' ? (names?.length ?? 0) > 0 : names === undefined,
      ),
      'attributes for projections that include some, and for no other',
    ],
    [
      charged.every((one) => (one.ProvisionedThroughput === undefined) === isOnDemand),
      'provisioned units for table and global indexes if they are provisioned, else none',
    ],
    [
      isOnDemand || charged.every((one) => one.OnDemandThroughput === undefined),
      'on-demand limits only for on-demand tables',
    ],
  ]
  return rules.find(([holds]) => !holds)?.[1]
}

/** The stand-in refuses what the service's model does not know, and pages its list of tables. */
import { ListTablesCommand, paginateListTables } from '@aws-sdk/client-dynamodb'
import { operations, violationsOf } from '../support/tables/api-model.ts'
import { refusalOf } from '../support/tables/create-table-rules.ts'
import { startModelledService } from '../support/tables/modelled-service.ts'
import { clientOf } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'

const TABLE = {
  TableName: 'Orders',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
}

const WRONG: readonly (readonly [string, object, RegExp])[] = [
  ['a member that it does not know', { ...TABLE, Colour: 'red' }, /unknown member Colour/],
  ['a member that is missing', { KeySchema: TABLE.KeySchema }, /lacks TableName/],
  ['another type', { ...TABLE, TableName: 7 }, /TableName is no string/],
  ['a list that is none', { ...TABLE, KeySchema: {} }, /KeySchema is no list/],
  ['no such choice', { ...TABLE, BillingMode: 'FREE' }, /BillingMode is none of/],
  [
    'no such type',
    { ...TABLE, AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'X' }] },
    /AttributeType is none of/,
  ],
  [
    'a number as text',
    { ...TABLE, ProvisionedThroughput: { ReadCapacityUnits: '1', WriteCapacityUnits: 1 } },
    /ReadCapacityUnits is no number/,
  ],
  [
    'a member missing further inside',
    { ...TABLE, KeySchema: [{ AttributeName: 'id' }] },
    /KeySchema\[0\] lacks KeyType/,
  ],
]

for (const [name, body, expected] of WRONG) {
  t.test(`the model refuses ${name}`, async (t) => {
    t.match(violationsOf('CreateTable', { ...body }).join('; '), expected)
  })
}

t.test('the model takes what is right, and knows all operations', async (t) => {
  t.same(violationsOf('CreateTable', TABLE), [])
  t.same(
    violationsOf('PutItem', {
      TableName: 'x',
      Item: { id: { S: 'a' }, l: { L: [{ N: '1' }] }, s: { BS: ['YQ=='] } },
    }),
    [],
  )
  t.match(violationsOf('PutItem', { TableName: 'x', Item: { id: { S: 'a', N: '1' } } }), [/union/])
  t.same(violationsOf('MakeTable', {}), ['no operation MakeTable'])
  for (const name of ['CreateTable', 'ListTables', 'DescribeTable', 'TagResource']) {
    t.ok(operations.includes(name), name)
  }
})

const PROVISIONED = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }
const INDEX = {
  IndexName: 'one',
  KeySchema: TABLE.KeySchema,
  Projection: { ProjectionType: 'ALL' },
}

const AGAINST: readonly (readonly [object, RegExp])[] = [
  [{ TableName: 'ab' }, /name/],
  [
    {
      AttributeDefinitions: [
        ...TABLE.AttributeDefinitions,
        { AttributeName: 'x', AttributeType: 'S' },
      ],
    },
    /used/,
  ],
  [{ BillingMode: 'PROVISIONED' }, /units/],
  [{ ProvisionedThroughput: PROVISIONED }, /units/],
  [
    {
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: PROVISIONED,
      GlobalSecondaryIndexes: [INDEX],
    },
    /units/,
  ],
  [{ LocalSecondaryIndexes: [INDEX] }, /sort key/],
  [{ GlobalSecondaryIndexes: [INDEX, INDEX] }, /once each/],
  [{ GlobalSecondaryIndexes: [] }, /empty/],
  [
    { GlobalSecondaryIndexes: [{ ...INDEX, Projection: { ProjectionType: 'INCLUDE' } }] },
    /projections/,
  ],
]

t.test('the rules of CreateTable beside its model', async (t) => {
  t.equal(refusalOf(TABLE), undefined)
  for (const [more, expected] of AGAINST) t.match(refusalOf({ ...TABLE, ...more }), expected)
})

t.test('130 tables are listed in pages, in the order of their names', async (t) => {
  const service = await startModelledService()
  t.teardown(() => service.close())
  const names = Array.from({ length: 130 }, (_, at) => `table-${String(at).padStart(3, '0')}`)
  for (const name of [...names].reverse()) service.table(name)
  const client = clientOf(t, service.endpoint)
  const pages: (readonly string[])[] = []
  for await (const page of paginateListTables({ client }, {})) pages.push(page.TableNames ?? [])
  t.same(
    pages.map(({ length }) => length),
    [100, 30],
  )
  t.same(pages.flat(), names)
  const few = await client.send(
    new ListTablesCommand({ Limit: 2, ExclusiveStartTableName: 'table-127' }),
  )
  t.same(few.TableNames, ['table-128', 'table-129'])
  t.equal(few.LastEvaluatedTableName, undefined)
  await t.rejects(client.send(new ListTablesCommand({ Limit: 101 })), {
    name: 'ValidationException',
  })
  t.same(service.made('ListTables').length, 4)
})

/** DynamoDB Local and dynalite make what is asked for, and describe it as they describe the master. */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  PutItemCommand,
  ScanCommand,
  TagResourceCommand,
} from '@aws-sdk/client-dynamodb'
import { runForSummary } from '../support/command/run-cli.ts'
import { type Engine, startDynalite } from '../support/tables/dynalite.ts'
import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import { clientOf, freshName } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'
import { carriedIn, FULL, ITEMS } from './full-master.ts'

const EMULATED = ['--yes', '--expect-account', '000000000000']

async function openEngine(t: Test, start: () => Promise<Engine>) {
  const { endpoint, stop } = await start()
  t.teardown(stop)
  const client = clientOf(t, endpoint)
  const describe = async (TableName: string) => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }))
    return Table ?? {}
  }
  return { endpoint, client, describe }
}

/** What describes the full master, as a request. */
function fullRequest(): CreateTableCommandInput {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes } =
    FULL as unknown as CreateTableCommandInput
  return {
    TableName: 'Orders',
    KeySchema,
    AttributeDefinitions: AttributeDefinitions?.filter(
      ({ AttributeName }) => AttributeName !== 'unused',
    ),
    GlobalSecondaryIndexes: GlobalSecondaryIndexes?.map(
      ({ IndexName, KeySchema, Projection, ProvisionedThroughput }) => ({
        IndexName,
        KeySchema,
        Projection,
        ProvisionedThroughput,
      }),
    ),
    LocalSecondaryIndexes,
    ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 3 },
  }
}

const ON_DEMAND: CreateTableCommandInput = {
  TableName: 'Orders',
  KeySchema: FULL['KeySchema'] as never,
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'at', AttributeType: 'N' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
}

const ENGINES = [
  { engine: 'DynamoDB Local', start: startDynamoDBLocal, skip: noJava },
  { engine: 'dynalite', start: startDynalite, skip: false },
] as const

for (const { engine, start, skip } of ENGINES) {
  for (const [billing, request] of [
    ['provisioned with indexes', fullRequest()],
    ['on-demand', ON_DEMAND],
  ] as const) {
    t.test(`${engine}: a table ${billing}`, { skip: skip || oneOfMany().skip }, async (t) => {
      const { endpoint, client, describe } = await openEngine(t, start)
      const [orders, copy] = [freshName(), freshName()]
      await client.send(new CreateTableCommand({ ...request, TableName: orders }))
      for (const Item of ITEMS)
        await client.send(new PutItemCommand({ TableName: orders, Item: { ...Item } as never }))
      const args = ['-m', `us-east-1:${orders}`, '-r', `us-east-1:${copy}`, '--endpoint', endpoint]
      const create = ['--write-missing', '--create-replica']
      const dry = await runForSummary([...args, ...create, '--dry-run'])
      t.equal(dry.code, 1)
      await t.rejects(describe(copy), { name: 'ResourceNotFoundException' })
      // One variable for all services, and no STS behind it.
      const env = { AWS_ENDPOINT_URL: endpoint }
      const { summary, code, stderr } = await runForSummary([...args, ...create, ...EMULATED], env)
      t.equal(code, 0, stderr)
      t.equal(summary.outcome, 'in-sync')
      t.strictSame(
        carriedIn({ ...(await describe(copy)) }),
        carriedIn({ ...(await describe(orders)) }),
      )
      const { Items = [] } = await client.send(new ScanCommand({ TableName: copy }))
      t.equal(Items.length, 3)
      t.notOk('settings' in (summary.replicas[`us-east-1:${copy}`] ?? {}))
      const again = await runForSummary([...args, ...create, ...EMULATED])
      t.equal(again.code, 0)
      t.notOk('create' in (again.summary.replicas[`us-east-1:${copy}`] ?? {}))
    })
  }
}

t.test('dynalite knows tags: they are listed', async (t) => {
  const { endpoint, client, describe } = await openEngine(t, startDynalite)
  await client.send(new CreateTableCommand(ON_DEMAND))
  const { TableArn } = await describe('Orders')
  const Tags = [{ Key: 'team', Value: 'shop' }]
  await client.send(new TagResourceCommand({ ResourceArn: TableArn, Tags }))
  const args = ['-m', 'us-east-1:Orders', '-r', 'us-east-1:Copy', '--endpoint', endpoint]
  const { summary, code } = await runForSummary([
    ...args,
    '--write-missing',
    '--create-replica',
    ...EMULATED,
  ])
  t.equal(code, 0)
  const listed = summary.replicas['us-east-1:Copy']?.create?.notMade ?? []
  t.match(
    listed.find(({ what }) => what.startsWith('tags')),
    {
      what: 'tags team',
      command: [
        'aws',
        'dynamodb',
        'tag-resource',
        '--resource-arn',
        'arn:aws:dynamodb:us-east-1:000000000000:table/Copy',
        '--tags',
        '[{"Key":"team","Value":"shop"}]',
      ],
    },
  )
})

/** Settings in which a replica is not like the master: in the summary, on the screen, and no phantoms. */

import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { runCli, runForSummary } from '../support/command/run-cli.ts'
import { openScene } from '../support/scene.ts'
import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import { clientOf, freshName } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'

type Description = Readonly<Record<string, unknown>>

const INDEX = {
  IndexName: 'by-date',
  KeySchema: [
    { AttributeName: 'date', KeyType: 'HASH' },
    { AttributeName: 'id', KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['b', 'a'] },
  ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 2 },
}

/** All that a description may have. */
const FULL: Description = {
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'date', AttributeType: 'N' },
  ],
  BillingModeSummary: { BillingMode: 'PROVISIONED' },
  ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 5 },
  TableClassSummary: { TableClass: 'STANDARD' },
  SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: 'arn:aws:kms:a:1:key/x' },
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  DeletionProtectionEnabled: true,
  GlobalSecondaryIndexes: [INDEX],
  LocalSecondaryIndexes: [{ ...INDEX, IndexName: 'near' }],
}

const CASES: readonly (readonly [string, Description, Description, object | undefined])[] = [
  ['nothing but keys', {}, {}, undefined],
  ['all the same', FULL, FULL, undefined],
  [
    'counts, ids, dates, warm throughput and keys of encryption',
    FULL,
    {
      ...FULL,
      ItemCount: 9,
      TableSizeBytes: 999,
      TableId: 'other',
      TableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/Other',
      CreationDateTime: 1764489600,
      LatestStreamLabel: 'x',
      LatestStreamArn: 'arn:x',
      WarmThroughput: { ReadUnitsPerSecond: 12000, WriteUnitsPerSecond: 4000, Status: 'ACTIVE' },
      BillingModeSummary: {
        BillingMode: 'PROVISIONED',
        LastUpdateToPayPerRequestDateTime: 1764489600,
      },
      ProvisionedThroughput: {
        ReadCapacityUnits: 10,
        WriteCapacityUnits: 5,
        NumberOfDecreasesToday: 3,
        LastIncreaseDateTime: 1764489600,
      },
      SSEDescription: {
        Status: 'ENABLED',
        SSEType: 'KMS',
        KMSMasterKeyArn: 'arn:aws:kms:b:2:key/y',
      },
      GlobalSecondaryIndexes: [
        {
          ...INDEX,
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['a', 'b'] },
          IndexStatus: 'ACTIVE',
          IndexArn: 'arn:x',
          ItemCount: 4,
          IndexSizeBytes: 400,
          WarmThroughput: { ReadUnitsPerSecond: 12000, Status: 'ACTIVE' },
        },
      ],
    },
    undefined,
  ],
  [
    'defaults that one side spells out',
    { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } },
    {
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
      OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: -1 },
      TableClassSummary: { TableClass: 'STANDARD' },
      SSEDescription: { Status: 'DISABLED' },
      StreamSpecification: { StreamEnabled: false },
      DeletionProtectionEnabled: false,
      GlobalSecondaryIndexes: [],
    },
    undefined,
  ],
  [
    'each setting',
    FULL,
    {
      AttributeDefinitions: FULL['AttributeDefinitions'],
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      OnDemandThroughput: { MaxReadRequestUnits: 100, MaxWriteRequestUnits: -1 },
      TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
      GlobalSecondaryIndexes: [{ ...INDEX, Projection: { ProjectionType: 'KEYS_ONLY' } }],
      LocalSecondaryIndexes: [{ ...INDEX, IndexName: 'other' }],
    },
    {
      billing: { master: 'provisioned', replica: 'on-demand' },
      'deletion protection': { master: 'on', replica: 'off' },
      encryption: { master: 'KMS key', replica: 'key owned by AWS' },
      'index by-date': {
        master: 'global; date (N), id (S); key and a, b; 5 read units; 2 write units',
        replica: 'global; date (N), id (S); key only; 5 read units; 2 write units',
      },
      'index near': {
        master: 'local; date (N), id (S); key and a, b',
        replica: null,
      },
      'index other': {
        master: null,
        replica: 'local; date (N), id (S); key and a, b',
      },
      'most read units': { master: null, replica: '100' },
      'read units': { master: '10', replica: null },
      stream: { master: 'new and old images', replica: 'off' },
      'table class': { master: 'standard', replica: 'standard infrequent access' },
      'write units': { master: '5', replica: null },
    },
  ],
]

for (const [name, master, replica, expected] of CASES) {
  t.test(`settings: ${name}`, async (t) => {
    const scene = await openScene(t)
    scene.master.table.described = master
    scene.replica.table.described = replica
    const { summary } = await scene.run()
    const { settings } = summary.replicas[scene.replica.label] ?? {}
    t.strictSame(settings, expected)
    t.equal(summary.outcome, 'different', 'settings do not count')
  })
}

t.test('settings: the attribute of time to live, as far as it is known', async (t) => {
  const scene = await openScene(t)
  const settings = async () => {
    const { summary } = await scene.run()
    return summary.replicas[scene.replica.label]?.settings
  }
  scene.master.table.ttlAttribute = 'until'
  t.strictSame(await settings(), { 'time to live': { master: 'until', replica: 'off' } })
  scene.replica.table.ttlAttribute = 'until'
  t.strictSame(await settings(), undefined)
  scene.replica.stub.on(({ operation }) =>
    operation === 'DescribeTimeToLive' ? { error: 'AccessDeniedException' } : undefined,
  )
  t.strictSame(await settings(), undefined)
})

t.test(
  'settings of tables of DynamoDB Local, on the screen and as JSON',
  { skip: noJava },
  async (t) => {
    const { endpoint, stop } = await startDynamoDBLocal()
    t.teardown(stop)
    const client = clientOf(t, endpoint)
    const key = {
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
    }
    const provisioned = { ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 } }
    const make = (TableName: string, more: object) =>
      client.send(new CreateTableCommand({ TableName, ...key, ...more }))
    const [master, alike, other] = [freshName(), freshName(), freshName()]
    await make(master, provisioned)
    await make(alike, provisioned)
    await make(other, {
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        ...key.AttributeDefinitions,
        { AttributeName: 'at', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-at',
          KeySchema: [{ AttributeName: 'at', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    })
    const args = [
      ...['-m', `us-east-1:${master}`, '-r', `us-east-1:${alike}`, '-r', `us-east-1:${other}`],
      ...['--endpoint', endpoint],
    ]
    const { summary, code } = await runForSummary(args)
    t.equal(code, 0)
    t.notOk('settings' in (summary.replicas[`us-east-1:${alike}`] ?? {}))
    t.match(summary.replicas[`us-east-1:${other}`]?.settings, {
      billing: { master: 'provisioned', replica: 'on-demand' },
      'index by-at': { master: null, replica: 'global; at (N); all attributes' },
    })
    const { stderr } = await runCli(args)
    t.match(stderr, '        setting     billing: master provisioned, replica on-demand\n')
    t.match(
      stderr,
      'setting     index by-at: only the replica has it (global; at (N); all attributes)',
    )
  },
)

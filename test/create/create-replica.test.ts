/** A replica that does not exist is made like the master and filled; all else is listed. */
import { runSync } from 'tablesync'
import type { Summary } from '../../lib/model/results/summary.ts'
import { runCli, runForSummary } from '../support/command/run-cli.ts'
import { t } from '../support/tap.ts'
import { carriedIn, FULL, ITEMS, openWorld, UNATTENDED } from './full-master.ts'

const COPY = 'us-east-1:Copy'
const ARN = 'arn:aws:dynamodb:us-east-1:111122223333:table/Copy'

const createIn = (summary: Summary) => {
  const { create } = summary.replicas[COPY] ?? {}
  if (create === undefined) throw new Error('nothing is said of a table that was made')
  return create
}

t.test(
  'two global indexes, a local one and provisioned units are made, and all is filled',
  async (t) => {
    const { service, env, args } = await openWorld(t)
    service.table('Orders', FULL, {}, ITEMS)
    const { summary, code } = await runForSummary([...args, ...UNATTENDED], env)
    t.equal(code, 0)
    t.equal(summary.outcome, 'in-sync')
    t.strictSame(carriedIn(service.described('Copy') ?? {}), carriedIn(FULL))
    t.strictSame(service.items('Copy'), service.items('Orders'))
    t.match(summary.replicas[COPY], { missing: 3, written: 3, create: { made: true } })
    t.notOk('settings' in (summary.replicas[COPY] ?? {}), 'no setting differs')
    const [{ body } = { body: {} }] = service.made('CreateTable')
    const members = [
      ...['AttributeDefinitions', 'BillingMode', 'GlobalSecondaryIndexes', 'KeySchema'],
      ...['LocalSecondaryIndexes', 'ProvisionedThroughput', 'TableClass', 'TableName'],
    ]
    t.strictSame(Object.keys(body).sort(), members, 'nothing else is asked for')
    t.strictSame(createIn(summary).request, body)
    t.equal(service.made('CreateTable').length, 1)
    t.match(createIn(summary), { account: '111122223333', region: 'us-east-1', arn: ARN })
  },
)

/** Of the master, beside what is carried. */
const MORE = {
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  DeletionProtectionEnabled: true,
  Replicas: [{ RegionName: 'us-east-1' }, { RegionName: 'eu-west-1' }],
  MultiRegionConsistency: 'STRONG',
}
const BESIDE = {
  timeToLive: "until it's over",
  recoveryDays: 20,
  tags: [
    { Key: 'team', Value: 'a b' },
    { Key: 'aws:made-by', Value: 'x' },
  ],
  policy: '{"Resource":"arn:aws:dynamodb:us-east-1:111122223333:table/Orders"}',
  kinesis: ['arn:aws:kinesis:us-east-1:111122223333:stream/changes'],
}

const VECTORS = [
  {
    IndexName: 'like',
    VectorAttribute: { AttributeName: 'v' },
    Dimensions: 3,
    Projection: { ProjectionType: 'ALL' },
  },
]

t.test('what else the master has is listed, each with the command for it', async (t) => {
  const { service, env, args } = await openWorld(t)
  service.table('Orders', { ...FULL, ...MORE, VectorIndexes: VECTORS }, BESIDE, ITEMS)
  const { summary, code } = await runForSummary([...args, ...UNATTENDED], env)
  t.equal(code, 0)
  const to = ['--region', 'us-east-1', '--endpoint-url', service.endpoint]
  const aws = (operation: string, ...more: readonly string[]) => [
    ...['aws', 'dynamodb', operation],
    ...more,
    ...to,
  ]
  const table = ['--table-name', 'Copy']
  const master = ['--table-name', 'Orders']
  t.strictSame(createIn(summary).notMade, [
    {
      what: 'stream of new image',
      command: aws(
        'update-table',
        ...table,
        '--stream-specification',
        '{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}',
      ),
    },
    {
      what: 'deletion protection',
      command: aws('update-table', ...table, '--deletion-protection-enabled'),
    },
    {
      what: 'global table in eu-west-1',
      command: aws(
        'update-table',
        ...table,
        '--replica-updates',
        '[{"Create":{"RegionName":"eu-west-1"}}]',
      ),
    },
    {
      what: "time to live by until it's over",
      command: aws(
        'update-time-to-live',
        ...table,
        '--time-to-live-specification',
        '{"Enabled":true,"AttributeName":"until it\'s over"}',
      ),
    },
    {
      what: 'point-in-time recovery of 20 days',
      command: aws(
        'update-continuous-backups',
        ...table,
        '--point-in-time-recovery-specification',
        '{"PointInTimeRecoveryEnabled":true,"RecoveryPeriodInDays":20}',
      ),
    },
    {
      what: 'tags team',
      command: aws(
        'tag-resource',
        '--resource-arn',
        ARN,
        '--tags',
        '[{"Key":"team","Value":"a b"}]',
      ),
    },
    {
      what: 'resource policy',
      command: aws(
        'put-resource-policy',
        '--resource-arn',
        ARN,
        '--policy',
        `{"Resource":"${ARN}"}`,
      ),
    },
    {
      what: `changes into ${BESIDE.kinesis[0]}`,
      command: aws(
        'enable-kinesis-streaming-destination',
        ...table,
        '--stream-arn',
        BESIDE.kinesis[0] as string,
      ),
    },
    {
      what: 'autoscaling: unknown, not looked at (another service)',
      command: [
        ...['aws', 'application-autoscaling', 'describe-scalable-targets'],
        ...[
          '--service-namespace',
          'dynamodb',
          '--resource-ids',
          'table/Orders',
          '--region',
          'us-east-1',
        ],
      ],
      shows: true,
    },
    {
      what: 'MultiRegionConsistency, which tablesync does not know how to make',
      command: [...aws('describe-table', ...master), '--query', 'Table.MultiRegionConsistency'],
      shows: true,
    },
    {
      what: 'VectorIndexes, which tablesync does not know how to make',
      command: [...aws('describe-table', ...master), '--query', 'Table.VectorIndexes'],
      shows: true,
    },
  ])
  const [{ body } = { body: {} }] = service.made('CreateTable')
  for (const stray of [
    'StreamSpecification',
    'DeletionProtectionEnabled',
    'Tags',
    'VectorIndexes',
  ]) {
    t.notOk(stray in body, stray)
  }
})

t.test('on the screen, commands are words of a shell', async (t) => {
  const { service, env, args } = await openWorld(t)
  service.table('Orders', { ...FULL, ...MORE }, BESIDE, ITEMS)
  const { stderr, code } = await runCli([...args, ...UNATTENDED], env)
  t.equal(code, 0)
  t.match(
    stderr,
    `create  ${COPY} does not exist, and is to be made like the master: account 111122223333, region us-east-1\n        ${ARN}\n`,
  )
  t.match(
    stderr,
    '        index by-city: global; city (S), score (N); key and a, b; 20 read units; 10 write units\n',
  )
  t.match(
    stderr,
    `--time-to-live-specification '{"Enabled":true,"AttributeName":"until it'\\''s over"}' --region`,
  )
  t.match(stderr, `waiting ${COPY} is being made, after 0 s; waiting up to 10 min (--max-outage)\n`)
  t.match(stderr, `made    ${COPY} is there after `)
  t.match(stderr, 'Repaired: 3 written, 0 deleted. In sync.')
})

t.test('calls that are denied or unknown are no error', async (t) => {
  const { service, env, args } = await openWorld(t)
  service.table(
    'Orders',
    { ...FULL, BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } },
    BESIDE,
    ITEMS,
  )
  const denied: Readonly<Record<string, string>> = {
    DescribeTimeToLive: 'AccessDeniedException',
    DescribeContinuousBackups: 'UnknownOperationException',
    ListTagsOfResource: 'AccessDeniedException',
    GetResourcePolicy: 'AccessDeniedException',
    DescribeKinesisStreamingDestination: 'InternalServerError',
  }
  service.on(({ operation }) => denied[operation])
  const { summary, code } = await runForSummary([...args, ...UNATTENDED], env)
  t.equal(code, 0)
  t.strictSame(
    createIn(summary).notMade.map(({ what, shows }) => `${what} ${shows}`),
    [
      'time to live: unknown, not looked at (AccessDeniedException) true',
      'point-in-time recovery: unknown, not looked at (UnknownOperationException) true',
      'tags: unknown, not looked at (AccessDeniedException) true',
      'resource policy: unknown, not looked at (AccessDeniedException) true',
      'Kinesis streams: unknown, not looked at (InternalServerError) true',
    ],
  )
})

const BILLINGS: readonly (readonly [string, object, readonly string[], object])[] = [
  [
    'provisioned, on demand is asked for',
    {},
    ['--create-billing', 'on-demand'],
    {
      BillingMode: 'PAY_PER_REQUEST',
      ProvisionedThroughput: undefined,
      OnDemandThroughput: undefined,
    },
  ],
  [
    'on demand with limits',
    {
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
      OnDemandThroughput: { MaxReadRequestUnits: 90, MaxWriteRequestUnits: -1 },
      GlobalSecondaryIndexes: [
        {
          ...(FULL['GlobalSecondaryIndexes'] as object[])[0],
          ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
          OnDemandThroughput: { MaxReadRequestUnits: 80, MaxWriteRequestUnits: 70 },
        },
      ],
    },
    [],
    {
      BillingMode: 'PAY_PER_REQUEST',
      ProvisionedThroughput: undefined,
      OnDemandThroughput: { MaxReadRequestUnits: 90 },
      GlobalSecondaryIndexes: [
        {
          ProvisionedThroughput: undefined,
          OnDemandThroughput: { MaxReadRequestUnits: 80, MaxWriteRequestUnits: 70 },
        },
      ],
    },
  ],
]

for (const [name, described, flags, expected] of BILLINGS) {
  t.test(`billing of a master that is ${name}`, async (t) => {
    const { service, env, args } = await openWorld(t)
    service.table('Orders', { ...FULL, ...described }, {}, ITEMS)
    const { code } = await runCli([...args, ...flags, ...UNATTENDED], env)
    t.equal(code, 0)
    t.match(service.made('CreateTable')[0]?.body, expected)
  })
}

t.test('an index that is being deleted is not made, nor the attribute of its key', async (t) => {
  const { service, env, args } = await openWorld(t)
  const [first, second] = FULL['GlobalSecondaryIndexes'] as object[]
  const described = {
    ...FULL,
    GlobalSecondaryIndexes: [{ ...first, IndexStatus: 'DELETING' }, second],
  }
  service.table('Orders', described, {}, ITEMS)
  const { code } = await runCli([...args, ...UNATTENDED], env)
  t.equal(code, 0)
  const made = service.described('Copy')?.['GlobalSecondaryIndexes'] as { IndexName: string }[]
  t.same(
    made.map(({ IndexName }) => IndexName),
    ['by-score'],
  )
})

t.test(
  'runSync: an account is consent, and so is an answer; events tell what is made',
  async (t) => {
    const { service } = await openWorld(t)
    service.account = '000000000000'
    service.table('Orders', FULL, {}, ITEMS)
    const run = (more: object) =>
      runSync({
        master: 'us-east-1:Orders',
        replicas: [COPY, 'us-east-1:Other'],
        endpoint: service.endpoint,
        writeMissing: true,
        createReplica: true,
        minMismatchAge: 0,
        ...more,
      })
    await t.rejects(run({}), {
      code: 'USAGE',
      message: /`createReplica` to come with `expectAccount`/,
    })
    t.same(service.calls, [], 'nobody is asked anything')
    const questions: unknown[] = []
    const events: string[] = []
    const summary = await run({
      confirm: (question: unknown) => questions.push(question) > 0,
      onProgress: ({ type }: { type: string }) => void events.push(type),
    })
    t.equal(summary.outcome, 'in-sync', JSON.stringify(summary.errors))
    t.match(questions, [
      {
        about: 'creation',
        replica: COPY,
        account: '000000000000',
        region: 'us-east-1',
        approximateItems: 3,
      },
      { about: 'creation', replica: 'us-east-1:Other' },
    ])
    const own = events.filter((type) =>
      ['creation', 'creating', 'created', 'tables'].includes(type),
    )
    t.same(own.slice(0, 2), ['creation', 'creation'])
    t.equal(own.at(-1), 'tables')
    t.equal(own.filter((type) => type === 'created').length, 2)
    t.strictSame(service.items('Other'), service.items('Orders'))
    const again = await run({ expectAccount: '000000000000' })
    t.equal(again.outcome, 'in-sync')
    t.notOk('create' in (again.replicas[COPY] ?? {}), 'a replica that exists is not touched')
    t.equal(service.made('CreateTable').length, 2)
  },
)

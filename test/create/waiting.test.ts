/** Until a table can be filled: waiting, being killed meanwhile, and others who make it too. */
import { join } from 'node:path'
import { runCli, runForSummary, startCli, tempFolder } from '../support/command/run-cli.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'
import { carriedIn, FULL, ITEMS, openWorld, UNATTENDED, type World } from './full-master.ts'

const BEING_MADE = 'us-east-1:Copy is being made'

const endless = async ({ service }: World) => {
  service.table('Orders', FULL, {}, ITEMS)
  service.looksUntilActive = Number.POSITIVE_INFINITY
}

for (const keepsCheckpoint of [false, true]) {
  const how = keepsCheckpoint ? 'with a checkpoint' : 'without a checkpoint'
  t.test(
    `killed while the table is being made, the same command goes on: ${how}`,
    oneOfMany(),
    async (t) => {
      const world = await openWorld(t)
      const { service, args, env } = world
      await endless(world)
      const checkpoint = join(await tempFolder(t), 'run.checkpoint')
      const more = keepsCheckpoint ? ['--checkpoint', checkpoint] : []
      const command = [...args, ...UNATTENDED, ...more]
      const first = startCli(command, env)
      await first.said(BEING_MADE)
      first.child.kill('SIGKILL')
      t.equal((await first.ended).code, null)
      t.equal(service.items('Copy').length, 0)

      const second = startCli(command, env)
      await second.said(BEING_MADE)
      service.looksUntilActive = 0
      const { code, stderr } = await second.ended
      t.equal(code, 0, stderr)
      t.equal(service.made('CreateTable').length, 1, 'it is not made twice')
      t.strictSame(service.items('Copy'), service.items('Orders'))
      t.strictSame(carriedIn(service.described('Copy') ?? {}), carriedIn(FULL))
    },
  )
}

t.test('without the flag, a table that is being made is an error as before', async (t) => {
  const world = await openWorld(t)
  const { service, args, env } = world
  await endless(world)
  service.table('Copy', { ...FULL, TableStatus: 'CREATING' })
  const { code, stderr } = await runCli(
    args.filter((word) => word !== '--create-replica'),
    env,
  )
  t.equal(code, 2)
  t.match(stderr, 'Expected us-east-1:Copy to be ACTIVE or UPDATING, got CREATING')
})

t.test('Ctrl-C ends the wait with 130, and says that there will be a table', async (t) => {
  const world = await openWorld(t)
  const { service, args, env } = world
  await endless(world)
  const run = startCli([...args, ...UNATTENDED], env)
  await run.said(BEING_MADE)
  run.child.kill('SIGINT')
  const { code, stderr } = await run.ended
  t.equal(code, 130, stderr)
  t.match(
    stderr,
    'warning us-east-1:Copy: the table is being made, and the run does not wait for it',
  )
  t.equal(service.items('Copy').length, 0)
})

t.test('a wait that takes longer than it may ends with 2; another goes on', async (t) => {
  const world = await openWorld(t)
  const { service, args, env } = world
  await endless(world)
  const { code, stderr } = await runCli([...args, ...UNATTENDED, '--max-outage', '1s'], env)
  t.equal(code, 2)
  t.match(
    stderr,
    /Expected us-east-1:Copy to be ACTIVE within 1 s, got CREATING\n.*same command again/,
  )
  service.looksUntilActive = 1
  const again = await runCli([...args, ...UNATTENDED, '--max-outage', '1s'], env)
  t.equal(again.code, 0, again.stderr)
  t.equal(service.made('CreateTable').length, 1)
})

t.test('indexes are waited for like their table', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  service.looksUntilActive = 0
  let looks = 0
  service.on(({ operation, body }) => {
    if (operation !== 'DescribeTable' || body['TableName'] !== 'Copy') return undefined
    const copy = service.described('Copy')
    if (copy === undefined) return undefined
    // The stand-in tells what the request said; the second look sees the index done.
    const [one, two] = copy['GlobalSecondaryIndexes'] as { IndexStatus?: string }[]
    looks++
    if (one !== undefined) one.IndexStatus = 'ACTIVE'
    if (two !== undefined) two.IndexStatus = looks < 4 ? 'CREATING' : 'ACTIVE'
    return undefined
  })
  const { code, stderr } = await runCli([...args, ...UNATTENDED], env)
  t.equal(code, 0, stderr)
  t.match(stderr, BEING_MADE)
  t.ok(looks >= 4, `${looks} looks`)
})

t.test('a new table that DescribeTable does not know yet is waited for', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  let unknown = 0
  service.on(({ operation, body }) => {
    const isOfCopy = operation === 'DescribeTable' && body['TableName'] === 'Copy'
    const isYoung = service.made('CreateTable').length > 0 && unknown < 3
    if (!isOfCopy || !isYoung) return undefined
    unknown++
    return 'ResourceNotFoundException'
  })
  const { code, stderr } = await runCli([...args, ...UNATTENDED], env)
  t.equal(code, 0, stderr)
  t.match(stderr, 'us-east-1:Copy is not known to DescribeTable yet')
  t.equal(service.items('Copy').length, 3)
})

t.test('where the account makes too many tables at once, the run waits for its turn', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  let refused = 0
  service.on(({ operation }) =>
    operation === 'CreateTable' && refused++ < 3 ? 'LimitExceededException' : undefined,
  )
  const { code, stderr } = await runCli([...args, ...UNATTENDED], env)
  t.equal(code, 0, stderr)
  t.match(stderr, 'us-east-1:Copy has to wait: the account makes as many tables as it may at once')
  t.equal(service.made('CreateTable').length, 4)
})

t.test('a turn that does not come ends with 2', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  service.on(({ operation }) =>
    operation === 'CreateTable' ? 'LimitExceededException' : undefined,
  )
  const { code, stderr } = await runCli([...args, ...UNATTENDED, '--max-outage', '1s'], env)
  t.equal(code, 2)
  t.match(
    stderr,
    /CreateTable on us-east-1:Copy: LimitExceededException: .*\n.*as many tables as it may at once, or has too many/,
  )
  t.notOk(service.described('Copy'))
})

/** Somebody makes the table right before the run does. */
function overtaken({ service }: World, described: object): void {
  service.on(({ operation }) => {
    if (operation !== 'CreateTable') return undefined
    service.table('Copy', { ...described })
    return 'ResourceInUseException'
  })
}

t.test('somebody makes the same table at the same time: it is filled', async (t) => {
  const world = await openWorld(t)
  const { service, args, env } = world
  service.table('Orders', FULL, {}, ITEMS)
  overtaken(world, FULL)
  const { summary, code } = await runForSummary([...args, ...UNATTENDED], env)
  t.equal(code, 0)
  t.equal(service.items('Copy').length, 3)
  t.equal(summary.replicas['us-east-1:Copy']?.written, 3)
})

const OTHER_KEY = (FULL['AttributeDefinitions'] as { AttributeName: string }[]).map((one) =>
  one.AttributeName === 'at' ? { ...one, AttributeType: 'S' } : one,
)

const OTHERS: readonly (readonly [string, object, string])[] = [
  ['key', { AttributeDefinitions: OTHER_KEY }, 'other key'],
  [
    'billing',
    { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' }, ProvisionedThroughput: {} },
    'other billing, read units, write units',
  ],
  ['index', { LocalSecondaryIndexes: [] }, 'other index near'],
]

for (const [name, more, expected] of OTHERS) {
  t.test(
    `somebody makes a table with another ${name} at the same time: nothing is written`,
    async (t) => {
      const world = await openWorld(t)
      const { service, args, env } = world
      service.table('Orders', FULL, {}, ITEMS)
      overtaken(world, { ...FULL, ...more })
      const { code, stderr } = await runCli([...args, ...UNATTENDED], env)
      t.equal(code, 2, stderr)
      t.match(stderr, `Somebody has made us-east-1:Copy meanwhile, and not as asked: ${expected}`)
      t.same(service.made('PutItem'), [])
      t.same(service.made('BatchWriteItem'), [])
    },
  )
}

t.test('the log of a program has an event for each step', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, { timeToLive: 'until' }, ITEMS)
  const { code, stderr } = await runCli([...args, ...UNATTENDED, '--log-format', 'json'], env)
  t.equal(code, 0, stderr)
  const entries = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string })
  const own = entries.filter(({ type }) => type.startsWith('creat'))
  t.match(own, [
    {
      type: 'creation',
      replica: 'us-east-1:Copy',
      dryRun: false,
      table: { account: '111122223333', made: false, request: { TableName: 'Copy' } },
    },
    { type: 'creating', replica: 'us-east-1:Copy', status: 'CREATING', limitMs: 600_000 },
    { type: 'created', replica: 'us-east-1:Copy' },
  ])
})

/** A dry run says what it would make, makes nothing, and compares the replicas that exist. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runCli, runForSummary, tempFolder } from '../support/command/run-cli.ts'
import { t } from '../support/tap.ts'
import { FULL, ITEMS, openWorld } from './full-master.ts'

t.test('nothing is made, and the run ends with 1', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, { timeToLive: 'until' }, ITEMS)
  const { summary, code } = await runForSummary([...args, '--dry-run'], env)
  t.equal(code, 1)
  t.equal(summary.outcome, 'different')
  t.match(summary.replicas['us-east-1:Copy'], {
    ...{ missing: 0, sameAs: 0, written: 0, lostSegments: 0 },
    create: {
      ...{ made: false, approximateItems: 3, account: '111122223333' },
      request: { TableName: 'Copy', BillingMode: 'PROVISIONED' },
      notMade: [{ what: 'time to live by until' }, { what: /autoscaling/ }],
    },
  })
  t.same(service.made('CreateTable'), [])
  t.same(service.made('PutItem'), [])

  const { stderr } = await runCli([...args, '--dry-run'], env)
  t.match(
    stderr,
    'create  us-east-1:Copy does not exist, and would be made like the master: account 111122223333',
  )
  t.match(stderr, '        would be made, then 3 items (about, from DescribeTable) copied\n')
  t.match(stderr, 'Different: 1 replica does not exist.\n')
  t.match(stderr, '        to make and fill it: without --dry-run\n')
  t.notMatch(stderr, 'to see them')
})

t.test('replicas that exist are compared', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  service.table('Same', FULL, {}, ITEMS)
  service.table('Less', FULL, {}, ITEMS.slice(1))
  const others = ['-r', 'us-east-1:Same', '-r', 'us-east-1:Less']
  const { summary, code, stderr } = await runForSummary([...args, ...others, '--dry-run'], env)
  t.equal(code, 1)
  t.same(Object.keys(summary.replicas), ['us-east-1:Copy', 'us-east-1:Same', 'us-east-1:Less'])
  t.match(summary.replicas['us-east-1:Same'], { sameAs: 3, missing: 0 })
  t.match(summary.replicas['us-east-1:Less'], { sameAs: 2, missing: 1 })
  t.notOk('create' in (summary.replicas['us-east-1:Same'] ?? {}))
  t.match(stderr, 'Different: 1 of 6 items; 1 replica does not exist.')
})

t.test('a replica in sync beside a missing one is still a difference', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  service.table('Same', FULL, {}, ITEMS)
  const { summary, code } = await runForSummary([...args, '-r', 'us-east-1:Same', '--dry-run'], env)
  t.equal(code, 1)
  t.equal(summary.outcome, 'different')
})

t.test('nobody has to consent, and an account that cannot be asked for is unknown', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  service.on(({ operation }) => (operation === 'GetCallerIdentity' ? 'AccessDenied' : undefined))
  const { summary, code, stderr } = await runForSummary([...args, '--dry-run'], env)
  t.equal(code, 1)
  t.match(summary.replicas['us-east-1:Copy']?.create, { account: null, arn: null })
  t.match(stderr, 'region us-east-1; account unknown')
  const wrong = await runCli([...args, '--dry-run', '--expect-account', '999988887777'], env)
  t.equal(wrong.code, 2, 'an expected account is checked')
})

t.test(
  'a checkpoint is refused, since a run without the table could not be taken up',
  async (t) => {
    const { service, args, env } = await openWorld(t)
    service.table('Orders', FULL, {}, ITEMS)
    const checkpoint = join(await tempFolder(t), 'run.checkpoint')
    const { code, stderr } = await runCli([...args, '--dry-run', '--checkpoint', checkpoint], env)
    t.equal(code, 2)
    t.match(
      stderr,
      'Expected a dry run without a checkpoint, since us-east-1:Copy does not exist yet',
    )
    t.notOk(existsSync(checkpoint))
  },
)

t.test('listed keys go the same way', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  const key = ['--key', '{"id":{"S":"item-2"},"at":{"N":"2"}}']
  const dry = await runForSummary([...args, ...key, '--dry-run'], env)
  t.equal(dry.code, 1)
  const consent = ['--yes', '--expect-account', '111122223333']
  const { code, summary } = await runForSummary([...args, ...key, ...consent], env)
  t.equal(code, 0)
  t.match(summary.replicas['us-east-1:Copy'], { written: 1, create: { made: true } })
  t.same(
    service.items('Copy').map(({ id }) => id),
    [{ S: 'item-2' }],
  )
})

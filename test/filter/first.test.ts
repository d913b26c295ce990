/** --first: so many items of the master and no more, whatever dies meanwhile. */
import { join } from 'node:path'
import type { RunOptions } from 'tablesync'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { makeScene } from '../support/command/scene.ts'
import { asks, item, MASTER_ITEMS, openScene } from '../support/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const FIRST: Partial<RunOptions> = { segments: 1, writeMissing: true, writeDiffering: true }
const ids = (items: readonly object[]) => items.map((one) => JSON.stringify(one)).sort()

for (const first of [1, 9, 10, 11, 30, 59, 60, 61, 1000]) {
  for (const scanLimit of [1, 7, 10, 100]) {
    t.test(`the first ${first} of 60, in pages of ${scanLimit}`, oneOfMany(), async (t) => {
      const scene = await openScene(t, { replicaItems: [item(900)] })
      const { summary } = await scene.run({ ...FIRST, first, scanLimit })
      const wanted = scene.master.table.all().slice(0, first)
      t.match(summary, { outcome: 'in-sync', master: { scanned: wanted.length } })
      t.match(summary.replicas[scene.replica.label], { missing: wanted.length, extra: null })
      t.strictSame(ids(scene.replica.table.all()), ids([...wanted, item(900)]))
      const read = scene.master.stub.requests.filter(asks('Scan'))
      const asked = read.reduce((sum, { body }) => sum + Number(body['Limit']), 0)
      t.ok(asked <= Math.min(first, 60 + scanLimit), 'no more is read than is wanted')
    })
  }
}

t.test('with a filter, items that it chose are counted', async (t) => {
  const masterItems = MASTER_ITEMS.map((one, at) => ({
    ...one,
    state: { S: at % 3 === 0 ? 'open' : 'done' },
  }))
  const scene = await openScene(t, { masterItems, replicaItems: [] })
  const { summary } = await scene.run({
    ...FIRST,
    first: 7,
    filterExpression: '#state=:open',
    expressionAttributeNames: { '#state': 'state' },
    expressionAttributeValues: { ':open': { S: 'open' } },
  })
  t.match(summary, { outcome: 'in-sync', master: { scanned: 7 } })
  const open = scene.master.table.all().filter((one) => JSON.stringify(one).includes('"open"'))
  t.strictSame(ids(scene.replica.table.all()), ids(open.slice(0, 7)))
})

t.test('a run that is taken up again goes on to as many', async (t) => {
  const folder = await tempFolder(t)
  const scene = await openScene(t, { replicaItems: [] })
  const checkpoint = join(folder, 'run.checkpoint')
  const options = { ...FIRST, first: 23, scanLimit: 4, checkpoint, checkpointInterval: 0.05 }
  const { summary: cut } = await scene.run({ ...options, maxWrites: 9 })
  t.equal(cut.outcome, 'stopped')
  const { summary } = await scene.run({ ...options, resume: true })
  t.match(summary, { outcome: 'in-sync', master: { scanned: 23 } })
  t.strictSame(ids(scene.replica.table.all()), ids(scene.master.table.all().slice(0, 23)))
  await t.rejects(scene.run({ ...options, first: 24, resume: true }), { code: 'USAGE' })
})

t.test('after a starting key', async (t) => {
  const scene = await openScene(t, { replicaItems: [] })
  const all = scene.master.table.all()
  const startingKey = { id: all[19]?.['id'] }
  await scene.run({ ...FIRST, first: 5, startingKey } as Partial<RunOptions>)
  t.strictSame(ids(scene.replica.table.all()), ids(all.slice(20, 25)))
})

for (const [given, expected] of [
  [{ deleteExtra: true }, /`first` without `deleteExtra`, got both/],
  [{ scanForExtra: true }, /`first` without `scanForExtra`, got both/],
  [{ strategy: 'march' }, /`first` without `strategy march`, got both/],
  [{ segments: 2 }, /`first` with one segment, got `segments` 2/],
  [{ key: ['{"id":"a"}'], segments: undefined }, /`first` without `key`, got both/],
] as const) {
  t.test(`refuses ${JSON.stringify(given)}`, async (t) => {
    const scene = await openScene(t)
    const options = { segments: 1, first: 3, ...given } as unknown as Partial<RunOptions>
    await t.rejects(scene.run(options), { code: 'USAGE', message: expected })
    t.strictSame(scene.master.stub.requests, [])
  })
}

t.test('the command says what it has compared', async (t) => {
  const { endpoint, stop } = await startDynalite()
  t.teardown(stop)
  const { args } = await makeScene(endpoint)
  const { code, stderr } = await runCli([
    ...args,
    '--first',
    '4',
    '--write-missing',
    '--write-differing',
  ])
  t.equal(code, 0, stderr)
  t.match(stderr, /^rules {3}only the first 4 items that the scan of the master returns$/m)
  t.match(stderr, /In sync for the first 4 items\./)
  const refused = await runCli([...args, '--first', '4', '--estimate'])
  t.match([refused.code, refused.stderr], [2, /`--estimate` without `--first`/])
})

/** Runs of listed keys: only these are read, and all else holds as in any run. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WireItem } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { ALL_WRITES, askedOf, counts, item, openScene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'

const keyOf = (index: number) => JSON.stringify({ id: `item-${index}` })
const WRITES = { ...ALL_WRITES, maxDeletes: 3 }

async function fileOf(t: Test, lines: readonly (string | object)[]): Promise<string> {
  const file = join(await tempFolder(t), 'keys.ndjson')
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
  await writeFile(file, `${texts.join('\n')}\n`)
  return file
}

/** Missing, the same, differing, extra, and in neither table. */
const LISTED = [0, 20, 57, 101, 999]

t.test('runSync compares listed keys, and scans nothing', async (t) => {
  for (const quiesced of [false, true]) {
    const scene = await openScene(t)
    const { summary, differences } = await scene.run({ key: LISTED.map(keyOf), quiesced })
    t.equal(summary.outcome, 'different')
    const found = { sameAs: 1, missing: 1, differing: 1, extra: 1, vanished: 1, offered: 5 }
    t.match(summary.replicas[scene.replica.label], { ...found, scanned: 0, written: 0 })
    t.equal(summary.master.scanned, 0)
    t.equal(askedOf(scene.master, 'Scan') + askedOf(scene.replica, 'Scan'), 0)
    t.strictSame(
      differences
        .map(({ kind, key }) => `${kind} ${key['id'] && 'S' in key['id'] && key['id'].S}`)
        .sort(),
      ['differing item-57', 'extra item-101', 'missing item-0'],
    )
  }
})

t.test('runSync repairs listed keys, and no others', async (t) => {
  for (const quiesced of [false, true]) {
    const scene = await openScene(t)
    const before = new Map(scene.replica.table.all().map((one) => [JSON.stringify(one['id']), one]))
    const { summary } = await scene.run({ key: LISTED.map(keyOf), ...WRITES, quiesced })
    t.equal(summary.outcome, 'in-sync')
    t.match(counts(summary, scene.replica), { written: 2, deleted: 1 })
    before.delete(JSON.stringify({ S: 'item-101' }))
    for (const index of [0, 57]) before.set(JSON.stringify({ S: `item-${index}` }), item(index))
    const after = new Map(scene.replica.table.all().map((one) => [JSON.stringify(one['id']), one]))
    t.same(after, before)
  }
})

t.test(
  'a listed key is read once, however often and in whatever spelling it is listed',
  async (t) => {
    const key = [
      { name: 'n', type: 'N' },
      { name: 'b', type: 'B' },
    ] as const
    const items: WireItem[] = [{ n: { N: '10' }, b: { B: 'AAE=' }, v: { S: 'x' } }]
    const scene = await openScene(t, { key, masterItems: items, replicaItems: [] })
    const keys = await fileOf(t, [
      { n: 10, b: 'AAE=' },
      '{"b":{"B":"AAE="},"n":{"N":"1e1"}}',
      '',
      { n: '10.0', b: 'AAE=' },
      { replica: scene.replica.label, kind: 'extra', key: { n: { N: '10' }, b: { B: 'AAE=' } } },
    ])
    const { summary } = await scene.run({ keys, key: ['{"n":"+10","b":"AAE="}'] })
    t.match(summary.replicas[scene.replica.label], { offered: 1, missing: 1 })
  },
)

t.test('runSync takes the lines of its own report, each for its own replica', async (t) => {
  const scene = await openScene(t, { replicas: 2 })
  const folder = await tempFolder(t)
  const report = join(folder, 'report.ndjson')
  scene.other.table.set(item(0))
  const first = await scene.run({ report })
  const again = await scene.run({ keys: report })
  t.strictSame(
    again.differences.map((one) => JSON.stringify(one)).sort(),
    first.differences.map((one) => JSON.stringify(one)).sort(),
  )
  const of = (label: string) => again.summary.replicas[label]
  t.match([of(scene.replica.label), of(scene.other.label)], [{ offered: 12 }, { offered: 11 }])
})

t.test('deletions of listed keys are limited by number', async (t) => {
  const scene = await openScene(t)
  const before = scene.replica.table.all()
  const key = [100, 101, 102].map(keyOf)
  const { summary } = await scene.run({ key, deleteExtra: true, maxDeletes: 2 })
  t.match(summary, { outcome: 'stopped', stopped: { safeguard: 'max-deletes' } })
  t.match(summary.stopped?.message, /3 of the listed keys are extra on .*, and 2 may be deleted/)
  t.strictSame(scene.replica.table.all(), before)
  const { summary: done } = await scene.run({ key, deleteExtra: true })
  t.match(done, { outcome: 'in-sync' })
  t.match(counts(done, scene.replica), { deleted: 3 })
})

t.test(
  'a list that does not fit the tables is refused with its line, and nothing is read',
  async (t) => {
    const scene = await openScene(t)
    const { label } = scene.replica
    const good = { id: 'item-1' }
    scene.replica.table.described = { TableId: 'this one' }
    const header = { tablesync: 'report', version: 2, tables: { [label]: { tableId: 'another' } } }
    for (const [lines, told] of [
      [[good, 'not json'], /line 2 of .*keys\.ndjson to be a key as a JSON object, got other text/],
      [[good, '[]'], /line 2 of /],
      [[good, { ID: 'x' }], /line 2 of .* to have exactly id \(S\)/],
      [[good, good, { id: 7 }], /`id` of line 3 of .* to be of type S/],
      [[{ id: '' }], /`id` of line 1 of /],
      [
        [{ replica: 'eu-west-1:Nobody', kind: 'missing', key: { id: { S: 'a' } } }],
        /line 1 of .* to be of us-east-1:Replica, got "eu-west-1:Nobody"/,
      ],
      [
        [header],
        /line 1 of .* to be of the table us-east-1:Replica with id .*, got one with id another/,
      ],
    ] as const) {
      const keys = await fileOf(t, lines)
      await t.rejects(scene.run({ keys, ...WRITES }), { code: 'USAGE', message: told })
    }
    for (const [options, told] of [
      [{ key: ['{'] }, /`key` to be a key as a JSON object/],
      [{ keys: '/no/such/file' }, /Cannot read the keys in .*ENOENT/],
      [{ key: [keyOf(1)], startingKey: keyOf(1) }, /`startingKey` without `key`/],
      [{ key: [keyOf(1)], checkpoint: '/tmp/none' }, /`checkpoint` without `key`/],
      [{ key: [keyOf(1)], segments: 4 }, /`segments` without `key`/],
      [
        { key: [keyOf(1)], maxDeletes: '1%', deleteExtra: true },
        /`maxDeletes` to be a number with `key`/,
      ],
    ] as const) {
      await t.rejects(scene.run(options), { code: 'USAGE', message: told })
    }
    t.equal(askedOf(scene.replica, 'PutItem') + askedOf(scene.replica, 'UpdateItem'), 0)
  },
)

t.test('a list of keys is no file to write to', async (t) => {
  const scene = await openScene(t)
  const keys = await fileOf(t, [{ id: 'item-1' }])
  for (const name of ['report', 'html', 'metricsFile'] as const) {
    await t.rejects(scene.run({ keys, [name]: keys }), { code: 'USAGE' })
  }
  t.equal(await readFile(keys, 'utf8'), '{"id":"item-1"}\n')
})

t.test('a plan of listed keys can be applied, deletions included', async (t) => {
  const { applySync } = await import('tablesync')
  const scene = await openScene(t)
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await scene.run({ key: LISTED.map(keyOf), ...WRITES, allowShrunkenMaster: false, plan })
  const summary = await applySync({ plan, minMismatchAge: 0, workers: 1 })
  t.equal(summary.outcome, 'in-sync', JSON.stringify(summary.errors))
  t.match(counts(summary, scene.replica), { written: 2, deleted: 1 })
})

/** Plans, reviewed and applied: what is still true is carried out, and nothing else. */

import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applySync, type Difference, type Summary, type WireItem } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { hooksModule } from '../support/hooks-module.ts'
import {
  ALL_WRITES,
  askedOf,
  asks,
  item,
  openScene,
  type Scene,
  type SceneOptions,
} from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const WRITES = { ...ALL_WRITES, maxDeletes: '100%' }

async function planned(t: Test, options: SceneOptions = {}, more = {}) {
  const scene = await openScene(t, options)
  const plan = join(await tempFolder(t), 'plan.ndjson')
  const before = scene.replica.table.all()
  const { summary } = await scene.run({ ...WRITES, plan, ...more })
  t.strictSame(scene.replica.table.all(), before, 'planning writes nothing')
  return { ...scene, plan, planning: summary }
}

const applied = (plan: string, more = {}) =>
  applySync({
    plan,
    minMismatchAge: 0,
    maxRetries: 2,
    retryDelayBase: 1,
    workers: 1,
    maxDeletes: '100%',
    allowShrunkenMaster: true,
    ...more,
  })

const of = ({ replicas }: Summary, { replica }: Pick<Scene, 'replica'>) => replicas[replica.label]
const linesOf = async (plan: string) => (await readFile(plan, 'utf8')).trim().split('\n')

t.test('applySync does what a run has planned', async (t) => {
  const scene = await planned(t)
  t.equal(scene.planning.outcome, 'different')
  t.equal((await stat(scene.plan)).mode & 0o777, 0o600)
  const [header, ...entries] = (await linesOf(scene.plan)).map((line) => JSON.parse(line))
  t.match(header, { tablesync: 'repair-plan', version: 2, master: { label: scene.master.label } })
  t.match(entries.pop(), { end: 'different', entries: 12, master: 60 })
  t.strictSame(
    entries
      .map(({ kind, seen }) => `${kind} ${seen.master !== null} ${seen.replica !== null}`)
      .sort(),
    [
      ...Array(4).fill('differing true true'),
      ...Array(3).fill('extra false true'),
      ...Array(5).fill('missing true false'),
    ],
  )
  t.notOk(entries.some((entry) => 'items' in entry))

  const scansBefore = askedOf(scene.replica, 'Scan')
  const summary = await applied(scene.plan)
  t.equal(summary.outcome, 'in-sync')
  t.match(of(summary, scene), {
    missing: 5,
    differing: 4,
    extra: 3,
    written: 9,
    deleted: 3,
    changed: 0,
  })
  t.strictSame(scene.replica.table.all(), scene.master.table.all())
  t.equal(askedOf(scene.replica, 'Scan'), scansBefore, 'nothing is scanned again')

  const again = await applied(scene.plan)
  t.equal(again.outcome, 'in-sync')
  t.match(of(again, scene), { sameAs: 9, vanished: 3, written: 0, deleted: 0, changed: 0 })
})

t.test('applySync counts in a dry run what is still true', async (t) => {
  const scene = await planned(t)
  const before = scene.replica.table.all()
  const summary = await applied(scene.plan, { dryRun: true })
  t.equal(summary.outcome, 'different')
  t.match(of(summary, scene), { missing: 5, differing: 4, extra: 3, written: 0, deleted: 0 })
  t.strictSame(scene.replica.table.all(), before)
})

t.test('applySync does only what is still true, and counts the rest as changed', async (t) => {
  const scene = await planned(t)
  const { master, replica } = scene
  const since = { since: { S: 'then' } }
  // Of each kind, one item that changed on the master, one on the replica, and one in order by now.
  master.table.set(item(0, since))
  replica.table.set(item(1, since))
  replica.table.set(item(2))
  master.table.set(item(56, since))
  replica.table.set(item(57, since))
  replica.table.set(item(58))
  master.table.set(item(100, since))
  replica.table.set(item(101, since))
  replica.table.unset({ id: { S: 'item-102' } })
  const differences: Difference[] = []
  const summary = await applied(scene.plan, {
    onDifference: (one: Difference) => differences.push(one),
  })
  t.equal(summary.outcome, 'different')
  t.match(of(summary, scene), {
    changed: 6,
    written: 3,
    deleted: 0,
    sameAs: 2,
    vanished: 1,
    missing: 2,
    differing: 1,
    extra: 0,
  })
  t.equal(differences.filter(({ action }) => action === 'changed').length, 6)
  for (const [id, expected] of [
    ['item-0', undefined],
    ['item-1', item(1, since)],
    ['item-3', item(3)],
    ['item-57', item(57, since)],
    ['item-59', item(59)],
    ['item-100', item(100)],
    ['item-101', item(101, since)],
  ] as const) {
    t.strictSame(replica.table.at({ id: { S: id } }), expected, id)
  }
})

t.test('a plan holds the items of both sides if planItems is set', async (t) => {
  const { plan } = await planned(t, {}, { planItems: true })
  const lines = (await linesOf(plan)).map((line) => JSON.parse(line))
  t.match(
    lines.find(({ key }) => key?.id.S === 'item-56'),
    { kind: 'differing', items: { master: item(56), replica: { n: { N: '-1' } } } },
  )
  t.strictSame(lines.find(({ key }) => key?.id.S === 'item-100')?.items.master, null)
})

t.test('applySync applies the rules of the planning run', async (t) => {
  const scene = await planned(
    t,
    {
      masterItems: [item(1, { v: { N: '2' }, own: { S: 'm' } }), item(2, { v: { N: '1' } })],
      replicaItems: [item(1, { v: { N: '1' }, own: { S: 'r' } }), item(2, { v: { N: '9' } })],
    },
    { ignore: ['own'], versionAttribute: 'v', newerWins: true },
  )
  const summary = await applied(scene.plan)
  t.equal(summary.outcome, 'in-sync')
  const at = (id: string) => scene.replica.table.at({ id: { S: id } })
  t.strictSame(at('item-1'), item(1, { v: { N: '2' }, own: { S: 'r' } }))
  t.strictSame(at('item-2'), item(2, { v: { N: '9' } }))
})

t.test('a plan holds only keys that are to be repaired', async (t) => {
  const only = await planned(t, {}, { writeMissing: false, deleteExtra: false })
  t.equal((await linesOf(only.plan)).length, 2 + 4)
  const hooks = await hooksModule(
    t,
    "export const onMissing = (item) => (item.n.N < 3 ? 'skip' : undefined)",
  )
  const skipping = await planned(t, {}, { hooks })
  t.equal((await linesOf(skipping.plan)).length, 2 + 12 - 3)
})

t.test('applySync puts items that the planning run did not read again', async (t) => {
  const masterItems = Array.from({ length: 3000 }, (_, n) => item(n))
  const scene = await planned(t, { masterItems, replicaItems: [] }, { scanLimit: 500 })
  t.ok((of(scene.planning, scene)?.unconfirmed ?? 0) > 0)
  scene.replica.table.set(item(2999, { since: { S: 'then' } }))
  const summary = await applied(scene.plan, { quiesced: true })
  t.match(of(summary, scene), { written: 2999, changed: 1 })
})

t.test('applySync refuses a plan that is not complete, and does nothing', async (t) => {
  const scene = await planned(t)
  const before = scene.replica.table.all()
  const lines = await linesOf(scene.plan)
  const cases: [string, string, RegExp][] = [
    ['without its end', lines.slice(0, -1).join('\n'), /breaks off after 12 keys/],
    ['with a torn end', lines.join('\n').slice(0, -5), /breaks off after 12 keys/],
    [
      'with a key left out',
      lines.filter((_, at) => at !== 5).join('\n'),
      /missing, doubled or moved at line 6 of /,
    ],
    [
      'flipped',
      lines.map((l, at) => (at === 3 ? l.replace('item', 'itex') : l)).join('\n'),
      /line 4 of/,
    ],
    ['followed by more', [...lines, lines[1]].join('\n'), /line 15 of/],
    ['without a header', lines.slice(1).join('\n'), /does not begin like one/],
    ['that is no plan', 'hello\n', /does not begin like one/],
    ['that is empty', '', /does not begin like one/],
  ]
  for (const [what, text, message] of cases) {
    await writeFile(scene.plan, text)
    await t.rejects(applied(scene.plan), { code: 'USAGE', message }, what)
    t.strictSame(scene.replica.table.all(), before, what)
  }
})

t.test('applySync refuses the plan of a run that was incomplete', async (t) => {
  const scene = await openScene(t)
  const plan = join(await tempFolder(t), 'plan.ndjson')
  scene.replica.stub.on((request) =>
    asks('Scan')(request) && request.body['Segment'] === 1
      ? { error: 'ValidationException' }
      : undefined,
  )
  const { summary } = await scene.run({ ...WRITES, plan, strategy: 'march' })
  t.equal(summary.outcome, 'incomplete')
  await t.rejects(applied(plan), { code: 'USAGE', message: /ended incomplete/ })
})

t.test('runSync refuses a plan without writes, and one that cannot be written', async (t) => {
  const { run } = await openScene(t)
  await t.rejects(run({ plan: '/tmp/plan' }), {
    code: 'USAGE',
    message: /a flag that says what to plan/,
  })
  await t.rejects(run({ planItems: true }), { code: 'USAGE', message: /to come with `plan`/ })
  await t.rejects(run({ ...WRITES, plan: '/no/such/folder/plan' }), { code: 'FILE_UNWRITABLE' })
  const { summary } = await run({ ...WRITES, plan: '/dev/full' }).catch((error) => ({
    summary: { errors: [error] },
  }))
  t.match(summary.errors[0], { code: 'FILE_UNWRITABLE' })
})

t.test('applySync refuses a table that was recreated since', async (t) => {
  for (const side of ['master', 'replica'] as const) {
    const scene = await openScene(t)
    let id = 'first'
    scene[side].stub.on(({ operation }) =>
      operation === 'DescribeTable'
        ? { rewrite: (answer) => ({ Table: { ...(answer['Table'] as object), TableId: id } }) }
        : undefined,
    )
    const plan = join(await tempFolder(t), 'plan.ndjson')
    await scene.run({ ...WRITES, plan })
    id = 'second'
    await t.rejects(applied(plan), {
      code: 'TABLE_CHANGED',
      hint: /recreated table, the file is void/,
    })
    id = 'first'
    t.equal((await applied(plan)).outcome, 'in-sync')
  }
})

t.test('applySync obeys the safeguards', async (t) => {
  const scene = await planned(t)
  const before = scene.replica.table.all()
  const few = await applied(scene.plan, { maxWrites: 11, dryRun: true })
  t.match(few, { outcome: 'stopped', stopped: { rail: 'max-writes' } })
  // 58 items were scanned on the replica, and 3 are extra.
  for (const [maxDeletes, outcome] of [
    ['2', 'stopped'],
    ['3', 'different'],
    ['5%', 'stopped'],
    ['6%', 'different'],
  ] as const) {
    const summary = await applied(scene.plan, { maxDeletes, dryRun: true })
    t.equal(summary.outcome, outcome, maxDeletes)
  }
  t.strictSame(scene.replica.table.all(), before)
  t.equal((await applied(scene.plan, { maxWrites: 12 })).outcome, 'in-sync')
})

t.test('applySync that a safeguard stops speaks of the scan of the planning run', async (t) => {
  const scene = await openScene(t)
  scene.master.stub.on(({ operation }) =>
    operation === 'DescribeTable'
      ? { rewrite: (answer) => ({ Table: { ...(answer['Table'] as object), ItemCount: 1000 } }) }
      : undefined,
  )
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await scene.run({ ...WRITES, plan, allowShrunkenMaster: true })
  const { stopped } = await applied(plan, { allowShrunkenMaster: false, dryRun: true })
  t.equal(stopped?.rail, 'shrunken-master')
  t.match(
    stopped?.message,
    'when the plan was written found 60 items, but DescribeTable reports 1,000',
  )
})

t.test('writes of applySync are read back and journaled', async (t) => {
  const scene = await planned(t)
  const before = scene.replica.table.all()
  const { master, replica } = scene
  replica.stub.on((request) => {
    // A ghost: deleted on the master while our put is in flight.
    const put = request.body['Item'] as WireItem | undefined
    if (asks('PutItem')(request) && JSON.stringify(put?.['id']) === '{"S":"item-0"}') {
      master.table.unset({ id: { S: 'item-0' } })
    }
    return undefined
  })
  const undo = join(await tempFolder(t), 'undo.ndjson')
  const summary = await applied(scene.plan, { undo })
  t.match(of(summary, scene), { written: 9, deleted: 3, mended: 1 })
  t.strictSame(replica.table.all(), master.table.all())
  const { undoSync } = await import('../../lib/index.ts')
  await undoSync({ journal: undo, workers: 1 })
  t.strictSame(replica.table.all(), before)
})

const ONE = {
  masterItems: [item(1, { v: { N: '2' } })],
  replicaItems: [item(1, { v: { N: '1' } })],
}
const KEY_1 = { id: { S: 'item-1' } }

for (const [what, interfere, left] of [
  [
    'the replica has changed',
    ({ replica }: Scene) => replica.table.set(item(1, { v: { N: '7' } })),
    item(1, { v: { N: '7' } }),
  ],
  ['the replica has lost it', ({ replica }: Scene) => replica.table.unset(KEY_1), undefined],
  [
    'the master has lost it',
    ({ master, replica }: Scene) => {
      master.table.unset(KEY_1)
      replica.table.set(item(1, { v: { N: '7' } }))
    },
    item(1, { v: { N: '7' } }),
  ],
] as const) {
  t.test(`applySync does nothing else where ${what} while it writes`, oneOfMany(), async (t) => {
    const scene = await planned(t, ONE, { writeMissing: false, deleteExtra: false })
    let isFirst = true
    scene.replica.stub.on((request) => {
      if (asks('UpdateItem')(request) && isFirst) {
        isFirst = false
        interfere(scene)
      }
      return undefined
    })
    const summary = await applied(scene.plan)
    t.strictSame(scene.replica.table.at(KEY_1), left)
    t.match(of(summary, scene), { differing: 0, changed: 1, written: 0, deleted: 0 })
    t.equal(askedOf(scene.replica, 'UpdateItem'), 1)
    t.equal(askedOf(scene.replica, 'PutItem') + askedOf(scene.replica, 'DeleteItem'), 0)
  })
}

t.test('applySync leaves an extra that somebody changes before its turn', async (t) => {
  const scene = await planned(t, {
    masterItems: [item(1)],
    replicaItems: [item(100)],
  })
  const precious = item(100, { precious: { S: 'x' } })
  scene.replica.stub.on((request) => {
    if (asks('PutItem')(request)) scene.replica.table.set(precious)
    return undefined
  })
  const summary = await applied(scene.plan)
  t.strictSame(scene.replica.table.at({ id: { S: 'item-100' } }), precious)
  t.match(of(summary, scene), { missing: 1, written: 1, extra: 0, changed: 1, deleted: 0 })
})

t.test('one file cannot serve two purposes', async (t) => {
  const scene = await planned(t)
  const { plan } = scene
  const text = await readFile(plan, 'utf8')
  await t.rejects(applied(plan, { report: plan }), { code: 'USAGE', message: /different files/ })
  await t.rejects(applied(plan, { undo: plan }), { code: 'USAGE', message: /different files/ })
  await t.rejects(scene.run({ ...WRITES, plan: '/tmp/x', report: '/tmp/../tmp/x' }), {
    code: 'USAGE',
    message: /`report` and `plan` to be different files/,
  })
  await t.rejects(scene.run({ report: plan }), {
    code: 'FILE_UNWRITABLE',
    message: /it is a repair plan of tablesync/,
  })
  await t.rejects(scene.run({ ...WRITES, plan }), { code: 'FILE_UNWRITABLE', message: /EEXIST/ })
  t.equal(await readFile(plan, 'utf8'), text)
})

t.test('applySync refuses options of other commands', async (t) => {
  const { plan } = await planned(t)
  await t.rejects(applied(plan, { writeMissing: false }), {
    code: 'USAGE',
    message: /`tablesync apply` takes, got `writeMissing`/,
  })
  await t.rejects(applied(undefined as never), { code: 'USAGE', message: /`plan` to be a file/ })
})

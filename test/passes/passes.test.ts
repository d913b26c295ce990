/** --until-in-sync: pass after pass, what ends them, and the limits that hold over all of them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RunEvent, type RunOptions, runSync, type Summary, undoSync } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import {
  ALL_WRITES,
  always,
  askedOf,
  asks,
  item,
  MASTER_ITEMS,
  openScene,
  putsOf,
  REPLICA_ITEMS,
  type Scene,
  SHORT,
} from '../support/scene.ts'
import { t } from '../support/tap.ts'

// Most of the time passes wait.
t.jobs = 6

const UNTIL: Partial<RunOptions> = { untilInSync: '30s', quiesced: true }

/** What an onProgress listener does whenever a pass has ended. */
const afterPass =
  (does: (pass: number) => void): NonNullable<RunOptions['onProgress']> =>
  (event) => {
    if (event.type === 'pass-ended') does(event.pass)
  }

const written = ({ passes }: Summary) =>
  Object.values(passes?.replicas ?? {}).reduce((sum, one) => sum + one.written + one.deleted, 0)

t.test('equal tables take one pass, which names the time in between', async (t) => {
  const scene = await openScene(t, { replicaItems: MASTER_ITEMS })
  const before = new Date().toISOString()
  const { summary } = await scene.run(UNTIL)
  const { count, end, last } = summary.passes ?? {}
  t.match(
    { outcome: summary.outcome, count, end },
    { outcome: 'in-sync', count: 1, end: 'in-sync' },
  )
  t.ok(before <= String(last?.began) && String(last?.began) <= String(last?.ended))
  t.ok(String(last?.ended) <= new Date().toISOString())
})

t.test('what a pass has repaired, another pass has to find equal', async (t) => {
  const scene = await openScene(t)
  const { summary, events } = await scene.run({ ...UNTIL, ...ALL_WRITES })
  t.match(summary, { outcome: 'in-sync', passes: { count: 2, end: 'in-sync' } })
  t.equal(written(summary), 12)
  t.match(summary.replicas[scene.replica.label], { missing: 0, written: 0, sameAs: 60 })
  const ended = events.filter((event) => event.type === 'pass-ended')
  t.match(ended, [
    { pass: 1, outcome: 'in-sync', found: 12, repaired: 12 },
    { pass: 2, outcome: 'in-sync', found: 0, repaired: 0 },
  ])
  const once = (type: RunEvent['type']) => events.filter((event) => event.type === type).length
  t.strictSame([once('tables'), once('plan')], [1, 1], 'the run says once what it begins with')
  const { readUnits = 0 } = summary.passes?.replicas[scene.replica.label] ?? {}
  t.ok(readUnits > (summary.replicas[scene.replica.label]?.readUnits ?? 0))
})

t.test('the last pass that may be made', async (t) => {
  await t.test('repairs all, which nobody has looked at since', async (t) => {
    const scene = await openScene(t)
    const { summary } = await scene.run({ ...UNTIL, ...ALL_WRITES, maxPasses: 1 })
    t.match(summary, { outcome: 'different', passes: { count: 1, end: 'max-passes' } })
  })
  await t.test('finds what nobody repairs', async (t) => {
    const scene = await openScene(t)
    const { summary } = await scene.run({ ...UNTIL, maxPasses: 2 })
    t.match(summary, { outcome: 'different', dryRun: true, passes: { count: 2 } })
    t.equal(putsOf(scene.replica), 0)
  })
})

t.test('somebody else brings the tables in sync while a dry run waits for it', async (t) => {
  const scene = await openScene(t)
  const { summary } = await scene.run({
    ...UNTIL,
    onProgress: afterPass(() => {
      for (const one of scene.replica.table.all())
        scene.replica.table.unset({ id: one['id'] as never })
      for (const one of MASTER_ITEMS) scene.replica.table.set(one)
    }),
  })
  t.match(summary, { outcome: 'in-sync', passes: { count: 2 } })
})

t.test('the time is over', async (t) => {
  await t.test('after a pass that found differences', async (t) => {
    const scene = await openScene(t)
    const { summary, events } = await scene.run({ quiesced: true, untilInSync: '1.5s' })
    // On a busy machine it may be over within a pass.
    const last = events.findLast((event) => event.type === 'pass-ended')
    const outcome = last?.outcome === 'different' ? 'different' : 'incomplete'
    t.match(summary, { outcome, passes: { end: 'time-over' } })
    t.match(
      events.filter((event) => event.type === 'time-over'),
      [{ of: 'untilInSync', afterMs: 1500 }],
    )
  })
  await t.test('in the middle of a pass', async (t) => {
    const scene = await openScene(t)
    scene.replica.stub.on(always('silence', asks('Scan')))
    const { summary } = await scene.run({ ...ALL_WRITES, timeouts: SHORT, untilInSync: '1s' })
    t.match(summary, { outcome: 'incomplete', passes: { count: 1, end: 'time-over' } })
    t.equal(putsOf(scene.replica), 0)
  })
})

t.test('its caller ends it', async (t) => {
  const ending = new AbortController()
  const scene = await openScene(t)
  const { summary } = await scene.run({
    ...UNTIL,
    signal: ending.signal,
    onProgress: afterPass(() => ending.abort()),
  })
  t.match(summary, { outcome: 'interrupted', passes: { count: 1, end: 'interrupted' } })
  const again = await openScene(t)
  const { summary: cut } = await again.run({ ...UNTIL, maxDuration: '3s' })
  t.match(cut, { outcome: 'interrupted', passes: { end: 'interrupted' } })
})

/** The replica loses other items after each pass: no key is repaired twice. */
const drift = ({ replica }: Scene, each: number) =>
  afterPass((pass) => {
    for (let at = 0; at < each; at++) replica.table.unset({ id: { S: `item-${pass * each + at}` } })
  })

t.test('limits count over all passes', async (t) => {
  await t.test('--max-writes', async (t) => {
    const scene = await openScene(t, { replicaItems: MASTER_ITEMS.slice(4) })
    const { summary } = await scene.run({
      ...UNTIL,
      writeMissing: true,
      maxWrites: 10,
      onProgress: drift(scene, 4),
    })
    t.match(summary, { outcome: 'stopped', stopped: { safeguard: 'max-writes' } })
    t.match(summary, { passes: { count: 3, end: 'stopped' } })
    t.equal(written(summary), 10)
    t.equal(putsOf(scene.replica), 10)
  })
  await t.test('--max-deletes', async (t) => {
    const extras = (from: number) => [0, 1, 2, 3].map((at) => item(1000 + from + at))
    const scene = await openScene(t, { replicaItems: [...MASTER_ITEMS, ...extras(0)] })
    const { summary } = await scene.run({
      ...UNTIL,
      deleteExtra: true,
      maxDeletes: 10,
      onProgress: afterPass((pass) => {
        for (const one of extras(pass * 10)) scene.replica.table.set(one)
      }),
    })
    t.match(summary, { outcome: 'stopped', stopped: { safeguard: 'max-deletes' } })
    t.match(summary.stopped?.message, /; 8 were deleted in earlier passes, and 10 may be/)
    t.equal(askedOf(scene.replica, 'DeleteItem'), 8)
  })
  await t.test('--max-read-units', async (t) => {
    const scene = await openScene(t)
    const { summary: one } = await scene.run({ ...UNTIL, maxPasses: 1 })
    const units = one.master.readUnits + Number(one.replicas[scene.replica.label]?.readUnits)
    const { summary } = await scene.run({ ...UNTIL, maxReadUnits: Math.ceil(units * 2.5) })
    t.match(summary, { outcome: 'stopped', stopped: { safeguard: 'max-read-units' } })
    t.match(summary, { passes: { count: 3 } })
  })
})

t.test('a key that was repaired twice and differs again stops the run', async (t) => {
  const scene = await openScene(t, { replicaItems: MASTER_ITEMS.slice(1) })
  const { summary, differences } = await scene.run({
    ...UNTIL,
    ...ALL_WRITES,
    onProgress: afterPass((pass) => {
      scene.replica.table.unset({ id: { S: 'item-0' } })
      // Another key that differs in each second pass is repaired twice, and then stays.
      if (pass === 2 || pass === 1) scene.replica.table.unset({ id: { S: 'item-9' } })
    }),
  })
  t.match(summary, { outcome: 'stopped', stopped: { safeguard: 'repeated-repair' } })
  t.match(summary.stopped?.message, /Replica: \{"id":\{"S":"item-0"\}\} was repaired twice/)
  t.match(summary, { passes: { count: 3 } })
  const ofKey = differences.filter(({ key }) => JSON.stringify(key).includes('"item-0"'))
  t.equal(ofKey.length, 3, 'each time has its line')
})

t.test('a deleted key that comes back stops it too', async (t) => {
  const scene = await openScene(t, { replicaItems: [...MASTER_ITEMS, item(500)] })
  const { summary } = await scene.run({
    ...UNTIL,
    ...ALL_WRITES,
    onProgress: afterPass(() => scene.replica.table.set(item(500))),
  })
  t.match(summary, { outcome: 'stopped', stopped: { safeguard: 'repeated-repair' } })
})

t.test('one journal and one report hold all passes', async (t) => {
  const folder = await tempFolder(t)
  const [journal, report] = [join(folder, 'undo.ndjson'), join(folder, 'report.ndjson')]
  const scene = await openScene(t)
  const { summary } = await scene.run({
    ...UNTIL,
    ...ALL_WRITES,
    journal,
    report,
    onProgress: afterPass((pass) => {
      if (pass < 3) scene.replica.table.unset({ id: { S: `item-${pass + 20}` } })
    }),
  })
  t.match(summary, { outcome: 'in-sync', passes: { count: 4 } })
  const lines = async (file: string) => {
    const all = (await readFile(file, 'utf8')).trim().split('\n')
    return all.map((line) => JSON.parse(line))
  }
  const told = await lines(report)
  t.equal(told.filter((line) => line.tablesync !== undefined).length, 1, 'one first line')
  t.equal(told.filter((line) => line.end !== undefined).length, 1, 'one last line')
  t.equal(told.length, 2 + 14)
  const undone = await undoSync({ journal, endpoint: scene.replica.stub.endpoint })
  t.equal(undone.outcome, 'in-sync')
  const ids = (items: readonly { readonly [name: string]: unknown }[]) =>
    items.map((one) => JSON.stringify(one)).sort()
  const without = REPLICA_ITEMS.filter((one) => !/"item-2[12]"/.test(JSON.stringify(one)))
  t.strictSame(ids(scene.replica.table.all()), ids(without))
})

t.test('a pass that was not whole is followed by another', async (t) => {
  const scene = await openScene(t)
  let isFirst = true
  scene.replica.stub.on((request) =>
    isFirst && asks('PutItem', 'UpdateItem', 'BatchWriteItem')(request)
      ? { error: 'ValidationException' }
      : undefined,
  )
  const outcomes: string[] = []
  const { summary } = await scene.run({
    ...UNTIL,
    ...ALL_WRITES,
    onProgress(event) {
      if (event.type !== 'pass-ended') return
      outcomes.push(event.outcome)
      isFirst = false
    },
  })
  t.strictSame(outcomes, ['incomplete', 'in-sync', 'in-sync'])
  t.match(summary, { outcome: 'in-sync', passes: { count: 3 } })
})

t.test('what no pass can get over ends it', async (t) => {
  const scene = await openScene(t)
  scene.replica.table.described = { TableId: 'one' }
  const { summary } = await scene.run({
    ...UNTIL,
    onProgress: afterPass(() => {
      scene.replica.table.makeAnew({ TableId: 'another' }, MASTER_ITEMS)
    }),
  })
  t.match(summary, { outcome: 'incomplete', passes: { count: 2, end: 'incomplete' } })
  t.match(summary.errors, [{ code: 'TABLE_CHANGED' }])
})

t.test('a table that was re-created between two passes is not compared, nor written', async (t) => {
  for (const name of ['master', 'replica'] as const) {
    const scene = await openScene(t)
    for (const party of [scene.master, scene.replica]) party.table.described = { TableId: 'one' }
    const other = MASTER_ITEMS.map((one) => ({ ...one, of: { S: 'another table' } }))
    const { summary } = await scene.run({
      ...UNTIL,
      ...ALL_WRITES,
      onProgress: afterPass((pass) => {
        if (pass === 1) scene[name].table.makeAnew({ TableId: 'two' }, other)
      }),
    })
    t.match(summary, { outcome: 'incomplete', passes: { count: 2, end: 'incomplete' } }, name)
    t.match(summary.errors, [{ code: 'TABLE_CHANGED' }])
    const copied = scene.replica.table
      .all()
      .filter((one) => JSON.stringify(one).includes('another'))
    t.equal(copied.length, name === 'master' ? 0 : other.length, 'nothing of it was copied')
  }
})

t.test('a question that nobody answers ends with the time', async (t) => {
  const scene = await openScene(t, { replicaItems: [...MASTER_ITEMS, item(500)] })
  let isLetGo = false
  const { summary } = await scene.run({
    ...ALL_WRITES,
    quiesced: true,
    untilInSync: '5s',
    confirm: (_, ending) =>
      new Promise(() => {
        ending.addEventListener('abort', () => {
          isLetGo = true
        })
      }),
  })
  t.match(summary, { outcome: 'incomplete', passes: { count: 1, end: 'time-over' } })
  t.ok(isLetGo)
  t.equal(askedOf(scene.replica, 'DeleteItem'), 0)
})

t.test('many passes leave nothing behind', async (t) => {
  const warnings: Error[] = []
  const note = (warning: Error) => void warnings.push(warning)
  process.on('warning', note)
  t.teardown(() => process.off('warning', note))
  const scene = await openScene(t, { masterItems: [item(1)], replicaItems: [] })
  const signal = new AbortController().signal
  const { summary } = await scene.run({ ...UNTIL, segments: 1, maxPasses: 12, signal })
  t.match(summary, { outcome: 'different', passes: { count: 12 } })
  t.strictSame(warnings, [])
})

const TABLES = {
  master: 'us-east-1:Aaa',
  replicas: ['us-east-1:Bbb'],
  endpoint: 'http://127.0.0.1:1',
}

for (const [given, expected] of [
  [{ maxPasses: 3 }, /Expected `maxPasses` to come with `untilInSync`/],
  [{ untilInSync: 'soon' }, /Expected `untilInSync` to be a duration like 90s/],
  [{ untilInSync: '0s' }, /Expected `untilInSync` to be a duration/],
  [{ untilInSync: '2h', maxPasses: 0 }, /`maxPasses`/],
  [{ untilInSync: '2h', checkpoint: 'c' }, /without `checkpoint`, got both/],
  [{ untilInSync: '2h', plan: 'p', writeMissing: true }, /without `plan`, got both/],
  [{ untilInSync: '2h', key: ['{"id":"a"}'] }, /without `key`, got both/],
  [{ untilInSync: '2h', keys: 'k' }, /without `keys`, got both/],
] as const) {
  t.test(`refuses ${JSON.stringify(given)}`, async (t) => {
    await t.rejects(runSync({ ...TABLES, ...given } as RunOptions), {
      code: 'USAGE',
      message: expected,
    })
  })
}

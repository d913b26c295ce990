/** The hook `transform`: what it may answer, what it may not, and what it rules out. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applySync, undoSync, type WireItem } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { hooksModule } from '../support/hooks-module.ts'
import { asks, counts, item, openScene } from '../support/scene.ts'
import { seeded } from '../support/seeded.ts'
import { t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'

const WRITES = { writeMissing: true, writeDiffering: true }
const TAGGED = `export const transform = (item) => ({ ...item, tag: { S: 'T' } })`
const tagged = (one: WireItem): WireItem => ({ ...one, tag: { S: 'T' } })
const RENAMED = `export const transform = (item) => ({ ...item, id: { S: 'x-' + item.id.S } })`

t.test('two items that become one key are an error of both', async (t) => {
  for (const quiesced of [false, true]) {
    const masterItems = Array.from({ length: 60 }, (_, at) => item(at))
    // 58 and 59 become what 3 becomes, many pages later.
    const nameOf = (n: number) => (n >= 58 ? 'x-3' : `x-${n}`)
    const { replica, run } = await openScene(t, {
      ...{ masterItems, replicaItems: [] },
      becomes: ({ n }) => ({ id: { S: nameOf(Number((n as { N: string }).N)) } }),
    })
    const hooks = await hooksModule(
      t,
      `const nameOf = ${nameOf}
      export const transform = (item) => ({ id: { S: nameOf(Number(item.n.N)) } })`,
    )
    const { summary, events } = await run({ hooks, ...WRITES, quiesced, minMismatchAge: 0.05 })
    t.equal(summary.outcome, 'incomplete')
    const { unverified = 0, written = 0 } = counts(summary, replica)
    t.equal(unverified + written, 60)
    t.ok(unverified >= 2, 'of three items at most the first was written')
    t.ok(summary.errors.every(({ code }) => code === 'KEY_COLLISION'))
    t.ok(summary.errors.some(({ table }) => table.endsWith('Master')))
    const left = events.filter(({ type }) => type === 'key-left')
    t.ok(left.every((event) => JSON.stringify(event).includes('x-3')))
    t.ok(replica.table.all().length >= 57)
  }
})

t.test('a key that moves on under its item is followed, and nothing is lost', async (t) => {
  const hooks = await hooksModule(
    t,
    `export const transform = (item) => ({ ...item, id: { S: (item.as ?? item.id).S } })`,
  )
  const stale: WireItem = { id: { S: 'x-5' }, n: { N: '-1' } }
  const { master, replica, run } = await openScene(t, {
    masterItems: Array.from({ length: 20 }, (_, at) => item(at, { as: { S: `x-${at}` } })),
    replicaItems: [stale],
  })
  master.stub.on((request) => {
    // Between the scan and the second look, an item gets another key.
    if (asks('BatchGetItem')(request)) master.table.set(item(5, { as: { S: 'moved' } }))
    return undefined
  })
  const { summary } = await run({ hooks, ...WRITES })
  t.match(counts(summary, replica), { unverified: 0, failed: 0 })
  t.strictSame(replica.table.at({ id: { S: 'x-5' } }), stale, 'nothing becomes this any more')
  await run({ hooks, ...WRITES })
  t.ok(replica.table.at({ id: { S: 'moved' } }))
  t.equal(replica.table.all().length, 21)
})

t.test('a hook that makes two items of one is refused before anything is written', async (t) => {
  for (const body of [
    `({ ...item, at: { N: String(Date.now()) } })`,
    `({ ...item, at: { N: String(Math.random()) } })`,
    `(calls++ % 2 ? item : null)`,
    `({ ...item, at: { N: String(calls++) } })`,
  ]) {
    const hooks = await hooksModule(t, `let calls = 0; export const transform = (item) => ${body}`)
    const { replica, run } = await openScene(t)
    await t.rejects(run({ hooks, ...WRITES }), {
      code: 'USAGE',
      message: /`transform` to make the same of an item each time, got two items of one/,
    })
    t.notOk(replica.stub.requests.some(asks('PutItem', 'UpdateItem', 'BatchWriteItem')))
  }
})

t.test(
  'a hook that only makes two items of one in the run is caught on the first items',
  async (t) => {
    const hooks = await hooksModule(
      t,
      `import { workerData } from 'node:worker_threads'
    let odd = 0
    export const transform = (item) =>
      workerData.samples === undefined ? { ...item, at: { N: String(odd++) } } : item`,
    )
    const { run } = await openScene(t, { masterItems: [item(1), item(2)], replicaItems: [] })
    const { summary } = await run({ hooks, ...WRITES })
    t.equal(summary.outcome, 'incomplete')
    t.match(summary.errors, [{ code: 'HOOK_FAILED', message: /made two items of one/, count: 2 }])
  },
)

t.test('what is no item, and what the hook throws, ends its item', async (t) => {
  const hooks = await hooksModule(
    t,
    `const ODD = [
      () => { throw new Error('cannot take ' + 'planted-secret') },
      () => undefined,
      (item) => ({ ...item, x: 'text' }),
      ({ id, ...rest }) => rest,
      (item) => ({ ...item, id: { N: '1' } }),
      (item) => ({ ...item, '': { S: 'x' } }),
      (item) => ({ ...item, x: { NS: [] } }),
      () => new Promise((_, reject) => setImmediate(reject, new TypeError('late'))),
    ]
    export const transform = (item) => (ODD[Number(item.n.N)] ?? ((one) => one))(item)`,
  )
  const masterItems = Array.from({ length: 20 }, (_, at) =>
    item(at, { note: { S: 'planted-secret' } }),
  )
  const { replica, run } = await openScene(t, { masterItems, replicaItems: [item(2)] })
  const { summary, events } = await run({ hooks, ...WRITES })
  t.equal(summary.outcome, 'incomplete')
  t.match(counts(summary, replica), { missing: 12, written: 12, unverified: 8, differing: 0 })
  t.ok(summary.errors.every(({ code }) => code === 'HOOK_FAILED'))
  t.equal(events.filter(({ type }) => type === 'key-left').length, 8)
  t.strictSame(replica.table.at({ id: { S: 'item-2' } }), item(2))
  t.notMatch(JSON.stringify([summary, events]), 'planted-secret')
})

t.test('a plan and a checkpoint belong to the module that they were made with', async (t) => {
  const hooks = await hooksModule(t, TAGGED)
  const other = await hooksModule(t, `${TAGGED} // another`)
  const masterItems = Array.from({ length: 30 }, (_, at) => item(at))
  const scene = { masterItems, replicaItems: masterItems.slice(0, 9), becomes: tagged }
  const { master, replica, run } = await openScene(t, scene)
  const folder = await tempFolder(t)
  const [plan, checkpoint] = [join(folder, 'plan.ndjson'), join(folder, 'checkpoint.json')]
  const planned = await run({ hooks, ...WRITES, plan })
  t.match(counts(planned.summary, replica), { missing: 21, differing: 9, written: 0 })
  await run({ hooks, checkpoint })
  for (const hooks of [other, undefined]) {
    const options = hooks === undefined ? {} : { hooks }
    await t.rejects(run({ ...options, checkpoint, resume: true }), {
      code: 'USAGE',
      message: /to be as when the run began/,
    })
    await t.rejects(applySync({ ...options, plan, ...reach(master, replica) }), {
      code: 'USAGE',
      message: /Expected the hook `transform` of the plan, [\da-f]{32}; got/,
    })
  }
  const { outcome, replicas } = await applySync({ hooks, plan, ...reach(master, replica) })
  t.equal(outcome, 'in-sync')
  t.match(replicas[replica.label], { written: 30 })
  t.strictSame(replica.table.all().length, 30)
  t.strictSame(replica.table.at({ id: { S: 'item-29' } }), tagged(item(29)))
  // The same module in another place is the same.
  await writeFile(other, await readFile(hooks))
  t.equal((await applySync({ hooks: other, plan, ...reach(master, replica) })).outcome, 'in-sync')
})

type Party = Awaited<ReturnType<typeof openScene>>['master']

const reach = (master: Party, replica: Party) => ({
  masterEndpoint: master.stub.endpoint,
  replicaEndpoint: replica.stub.endpoint,
  minMismatchAge: 0,
  workers: 1,
})

t.test('a plan holds both keys', async (t) => {
  const hooks = await hooksModule(t, RENAMED)
  const renamed = (one: WireItem): WireItem => {
    return { ...one, id: { S: `x-${(one['id'] as { S: string }).S}` } }
  }
  const masterItems = Array.from({ length: 30 }, (_, at) => item(at))
  const replicaItems = masterItems.slice(0, 9).map((one) => ({ ...renamed(one), n: { N: '-1' } }))
  const { master, replica, run } = await openScene(t, {
    ...{ masterItems, replicaItems },
    becomes: renamed,
  })
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await run({ hooks, ...WRITES, plan })
  const lines = (await readFile(plan, 'utf8')).trim().split('\n').slice(1, -1)
  t.equal(lines.length, 30)
  for (const line of lines) {
    const { key, masterKey } = JSON.parse(line)
    t.strictSame(renamed(masterKey), key)
  }
  master.table.set(item(7, { n: { N: '77' } }))
  master.table.unset({ id: { S: 'item-8' } })
  master.table.unset({ id: { S: 'item-28' } })
  const { outcome, replicas } = await applySync({ hooks, plan, ...reach(master, replica) })
  t.equal(outcome, 'different', 'what is not as planned is left')
  t.match(replicas[replica.label], { written: 27, changed: 1, deleted: 0, vanished: 2 })
  t.strictSame(replica.table.at({ id: { S: 'x-item-7' } }), replicaItems[7])
  t.strictSame(replica.table.at({ id: { S: 'x-item-8' } }), replicaItems[8])
  t.strictSame(replica.table.at({ id: { S: 'x-item-29' } }), renamed(item(29)))
  t.notOk(replica.table.all().some((one) => JSON.stringify(one).includes('""')))
})

t.test('a checkpoint holds no changed keys: such items are left', async (t) => {
  const hooks = await hooksModule(t, RENAMED)
  const { replica, run } = await openScene(t, { masterItems: [item(1)], replicaItems: [] })
  const checkpoint = join(await tempFolder(t), 'checkpoint.json')
  const { summary } = await run({ hooks, ...WRITES, checkpoint })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [{ code: 'HOOK_FAILED', message: /changed the key/ }])
  t.equal(replica.table.all().length, 0)
})

t.test('what does not go with the hook is refused', async (t) => {
  const hooks = await hooksModule(t, TAGGED)
  const { run } = await openScene(t)
  for (const [more, message] of [
    [{ deleteExtra: true }, /hook `transform` without `deleteExtra`/],
    [{ scanForExtra: true }, /hook `transform` without `scanForExtra`/],
    [{ strategy: 'march' }, /hook `transform` without `strategy march`/],
    [{ key: ['{"id":"a"}'] }, /hook `transform` without `keys`/],
  ] as const) {
    await t.rejects(run({ hooks, ...more } as never), { code: 'USAGE', message })
  }
})

t.test('the first items are those that it leaves', async (t) => {
  const hooks = await hooksModule(
    t,
    `export const transform = (item) => (Number(item.n.N) % 3 === 0 ? item : null)`,
  )
  const masterItems = Array.from({ length: 60 }, (_, at) => item(at))
  const { replica, run } = await openScene(t, {
    ...{ masterItems, replicaItems: [] },
    becomes: (one) => (Number((one['n'] as { N: string }).N) % 3 === 0 ? one : undefined),
  })
  for (const first of [1, 7, 20, 50]) {
    const { summary } = await run({ hooks, ...WRITES, first, segments: 1 })
    t.match(summary, { outcome: 'in-sync', master: { scanned: Math.min(first, 20) } })
    t.equal(replica.table.all().length, Math.min(first, 20))
  }
})

t.test('a thread that dies between a write and its report leaves nothing twice', async (t) => {
  const hooks = await hooksModule(
    t,
    (mark) => `import { existsSync, writeFileSync } from 'node:fs'
    export const transform = (item) => ({ ...item, id: { S: 'x-' + item.id.S } })
    let calls = 0
    export function onDiffering() {
      if (++calls < 9 || existsSync(${mark})) return
      writeFileSync(${mark}, '')
      process.exit()
    }`,
  )
  const masterItems = Array.from({ length: 40 }, (_, at) => item(at))
  const renamed = (one: WireItem): WireItem => {
    return { ...one, id: { S: `x-${(one['id'] as { S: string }).S}` } }
  }
  const { replica, run } = await openScene(t, {
    ...{ masterItems, becomes: renamed },
    replicaItems: masterItems.map((one) => ({ ...renamed(one), n: { N: '-1' } })),
  })
  const journal = join(await tempFolder(t), 'undo.ndjson')
  const { summary } = await run({ hooks, ...WRITES, journal })
  t.equal(summary.outcome, 'in-sync')
  t.match(counts(summary, replica), { differing: 40, written: 40, unverified: 0, conflicts: 0 })
  const { outcome } = await undoSync({ journal, replicaEndpoint: replica.stub.endpoint })
  t.equal(outcome, 'in-sync')
  t.ok(replica.table.all().every(({ n }) => JSON.stringify(n) === '{"N":"-1"}'))
})

t.test('other hooks see what it makes', async (t) => {
  const hooks = await hooksModule(
    t,
    `${TAGGED}
    export function isItemDifferent(master) {
      if (master.tag.S !== 'T') throw new Error('not transformed')
      return false
    }`,
  )
  const { replica, run } = await openScene(t, {
    masterItems: [item(1), item(2)],
    replicaItems: [item(1), tagged(item(2))],
  })
  const { summary } = await run({ hooks, ...WRITES })
  t.match(counts(summary, replica), { sameAs: 2, failed: 0, written: 0 })
})

const SEEDS = casesToPlay(60, 2, 'TABLESYNC_TEST_TRANSFORM_SEEDS')

const shown = ({ id, n, hide }: WireItem): WireItem | undefined => {
  if ((hide as { BOOL: boolean } | undefined)?.BOOL) return undefined
  const [key, count] = [(id as { S: string }).S, (n as { N: string }).N]
  return { id: { S: `x-${key}` }, twice: { N: String(2 * Number(count)) } }
}

t.test(`${SEEDS} racing writers: nothing is written that the hook would not make`, async (t) => {
  const hooks = await hooksModule(
    t,
    `export const transform = (item) =>
      item.hide?.BOOL ? null : { id: { S: 'x-' + item.id.S }, twice: { N: String(item.n.N * 2) } }`,
  )
  let written = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    const { master, replica, run } = await openScene(t, {
      masterItems: Array.from({ length: 40 }, (_, at) => item(at)),
      replicaItems: Array.from({ length: 20 }, (_, at) => ({
        ...{ id: { S: `x-item-${at}` }, twice: { N: '0' } },
      })),
      becomes: shown,
    })
    const had = new Map<string, Set<string>>()
    const note = (at: number, n: number) => {
      const id = `x-item-${at}`
      had.set(id, (had.get(id) ?? new Set()).add(String(2 * n)))
    }
    for (let at = 0; at < 40; at++) note(at, at)
    const endWriter = master.stub.on(() => {
      for (let turn = 0; turn < 2; turn++) {
        const [at, n] = [Math.floor(random() * 40), Math.floor(random() * 1000)]
        const isHidden = random() < 0.3
        if (!isHidden) note(at, n)
        master.table.set(item(at, { n: { N: String(n) }, hide: { BOOL: isHidden } }))
      }
      return undefined
    })
    await run({ hooks, ...WRITES, maxDuration: '30s' })
    for (const { id, twice } of replica.table.all()) {
      const [key, value] = [(id as { S: string }).S, (twice as { N: string }).N]
      t.ok(value === '0' || had.get(key)?.has(value), `seed ${seed}: ${key} was ${value} once`)
    }
    written += replica.stub.requests.filter(asks('PutItem', 'UpdateItem')).length
    t.notMatch(JSON.stringify(replica.stub.requests.map(({ body }) => body)), /"":/)
    // Once the writer has gone, another run ends what it left.
    endWriter()
    t.match((await run({ hooks, ...WRITES })).summary.outcome, /in-sync/, `seed ${seed}`)
  }
  t.ok(written > SEEDS)
})

/** The user's own rules, over real worker threads. */

import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { hooksModule } from '../support/hooks-module.ts'
import {
  ALL_WRITES,
  counts,
  FOUND,
  item,
  openScene,
  REPAIRED,
  type SceneOptions,
} from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

/** A module of hooks, by its URL. */
async function moduleOf(t: Test, text: string): Promise<string> {
  return pathToFileURL(await hooksModule(t, text)).href
}

/** A file that hooks append lines to. */
const log = (t: Test) => {
  const file = join(tmpdir(), `tablesync-test-${process.pid}-${Math.random()}`)
  t.teardown(() => rm(file, { force: true }))
  return file
}

for (const strategy of ['march', 'lookup'] as const) {
  t.test(
    `hooks that only observe see everything and change nothing, by ${strategy}`,
    oneOfMany(),
    async (t) => {
      const file = log(t)
      const hooks = await moduleOf(
        t,
        `import { appendFileSync } from 'node:fs'
       const note = (...parts) => appendFileSync(${JSON.stringify(file)}, JSON.stringify(parts) + '\\n')
       export const onMissing = (item, replica, key) => note('missing', item, replica, key)
       export const onDiffering = async (one, other, replica, key) => note('differing', one, other, replica, key)
       export function onMatching(one, other, replica, key) { note('matching', one, other, replica, key) }
       export const onExtra = (key, replica) => note('extra', key, replica)`,
      )
      const { replica, master, run } = await openScene(t)
      const { summary } = await run({ ...ALL_WRITES, strategy, hooks })
      t.strictSame(counts(summary, replica), REPAIRED)
      t.strictSame(replica.table.all(), master.table.all())
      const { readFileSync } = await import('node:fs')
      const lines = readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      const told = (kind: string) => lines.filter(([name]) => name === kind)
      t.same(
        ['missing', 'differing', 'matching', 'extra'].map((kind) => told(kind).length),
        [5, 4, 51, 3],
      )
      const [, missing, label, key] = told('missing').find(([, { n }]) => n.N === '2')
      t.same([missing, label, key], [item(2), replica.label, { id: { S: 'item-2' } }])
      const [, one, other] = told('differing')[0]
      t.equal(one.n.N === '-1', false)
      t.equal(other.n.N, '-1')
    },
  )
}

for (const [hook, expected] of [
  ['onMissing', { ...FOUND, written: 4, deleted: 3 }],
  ['onDiffering', { ...FOUND, written: 5, deleted: 3 }],
  ['onExtra', { ...FOUND, written: 9 }],
] as const) {
  t.test(`${hook} that returns "skip" keeps items from being repaired`, oneOfMany(), async (t) => {
    const hooks = await moduleOf(t, `export const ${hook} = () => 'skip'`)
    const { replica, run } = await openScene(t)
    const { summary, differences } = await run({ ...ALL_WRITES, hooks })
    t.strictSame(counts(summary, replica), expected)
    const skipped = { onMissing: 5, onDiffering: 4, onExtra: 3 }[hook]
    t.equal(summary.replicas[replica.label]?.skipped, skipped)
    t.equal(summary.outcome, 'different')
    t.equal(differences.length, 12, 'they are reported all the same')
  })

  t.test(`${hook} that returns an unknown answer fails its items`, oneOfMany(), async (t) => {
    const hooks = await moduleOf(t, `export const ${hook} = () => 'Skip'`)
    const { replica, run } = await openScene(t)
    const { summary, differences } = await run({ ...ALL_WRITES, hooks })
    const failed = { onMissing: 5, onDiffering: 4, onExtra: 3 }[hook]
    t.equal(summary.replicas[replica.label]?.failed, failed)
    t.match(
      differences.find(({ action }) => action === 'failed'),
      { error: `the hook ${hook} failed: expected 'skip' or nothing from it, got 'Skip'` },
    )
  })

  t.test(`${hook} that throws fails its items, and no others`, oneOfMany(), async (t) => {
    const hooks = await moduleOf(
      t,
      `export const ${hook} = () => { throw new Error('a fault of mine') }`,
    )
    const { replica, run } = await openScene(t)
    const { summary, differences } = await run({ ...ALL_WRITES, hooks })
    const { missing, differing, extra, failed } = summary.replicas[replica.label] ?? {}
    t.same({ missing, differing, extra }, { missing: 5, differing: 4, extra: 3 })
    t.equal(failed, { onMissing: 5, onDiffering: 4, onExtra: 3 }[hook])
    t.equal(summary.outcome, 'incomplete')
    const told = differences.filter(({ action }) => action === 'failed')
    t.equal(told.length, failed)
    t.match(told[0], { error: `the hook ${hook} failed: a fault of mine` })
  })
}

const versioned = (id: number, v: number, text: string) => ({
  id: { S: `item-${id}` },
  v: { N: String(v) },
  text: { S: text },
})
/** One item is older on the replica, and one is newer. */
const VERSIONS: SceneOptions = {
  masterItems: [versioned(1, 2, 'master'), versioned(2, 2, 'master'), versioned(3, 2, 'same')],
  replicaItems: [versioned(1, 1, 'replica'), versioned(2, 9, 'replica'), versioned(3, 2, 'same')],
}

t.test('the newer version wins, by option and by hook alike', async (t) => {
  const hooks = await moduleOf(
    t,
    `export const isItemDifferent = (master, replica) => Number(master.v.N) > Number(replica.v.N)`,
  )
  const byHook = await openScene(t, VERSIONS)
  const byOption = await openScene(t, VERSIONS)
  const hooked = await byHook.run({ ...ALL_WRITES, hooks })
  const opted = await byOption.run({ ...ALL_WRITES, versionAttribute: 'v', newerWins: true })
  t.match(hooked.summary.replicas[byHook.replica.label], { sameAs: 2, differing: 1, written: 1 })
  t.match(opted.summary.replicas[byOption.replica.label], { sameAs: 1, newer: 1, differing: 1 })
  t.strictSame(byHook.replica.table.all(), byOption.replica.table.all())
  t.match(byHook.replica.table.at({ id: { S: 'item-2' } }), { text: { S: 'replica' } })
  t.equal(hooked.summary.outcome, 'in-sync')
})

t.test('isItemDifferent that throws fails its items, and no others', async (t) => {
  const hooks = await moduleOf(t, `export function isItemDifferent() { throw new Error('no') }`)
  const { replica, run } = await openScene(t)
  const { summary } = await run({ ...ALL_WRITES, hooks })
  t.match(summary.replicas[replica.label], { missing: 5, differing: 4, failed: 4, written: 5 })
  t.equal(summary.outcome, 'incomplete')
})

t.test('hooks may ask for plain values, which keep all data', async (t) => {
  const masterItem = {
    id: { S: 'a' },
    n: { N: '12345678901234567890.5' },
    b: { B: 'AP8=' },
    s: { NS: ['1', '2'] },
    m: { M: { deep: { L: [{ BS: ['AA=='] }, { NULL: true }, { BOOL: false }] } } },
  }
  const hooks = await moduleOf(
    t,
    `export const items = 'plain'
     export function isItemDifferent({ id, n, b, s, m }) {
       const isWhole = id === 'a' && n.value === '12345678901234567890.5' && b[1] === 255 &&
         s instanceof Set && s.size === 2 && [...m.deep[0]][0][0] === 0 && m.deep[1] === null && m.deep[2] === false
       return !isWhole
     }`,
  )
  const { replica, run } = await openScene(t, {
    masterItems: [masterItem],
    replicaItems: [{ id: { S: 'a' } }],
  })
  const { summary } = await run({ hooks })
  t.match(summary.replicas[replica.label], { sameAs: 1, differing: 0 })
})

for (const [what, text, message] of [
  ['exports no hook', 'export const other = 1', /functions named/],
  ['exports a hook that is no function', 'export const onMissing = 1', /got onMissing/],
  [
    'misspells a hook',
    'export const onMatch = () => {}; export const onExtra = () => {}',
    /got onMatch/,
  ],
  [
    'wants an unknown kind of items',
    `export const items = 'xml'; export const onExtra = () => {}`,
    /`items`/,
  ],
  ['cannot be loaded', 'this is no module', /Cannot load/],
] as const) {
  t.test(`runSync refuses hooks of a module that ${what}`, oneOfMany(), async (t) => {
    const { master, run } = await openScene(t)
    await t.rejects(run({ hooks: await moduleOf(t, text) }), { code: 'USAGE', message })
    t.equal(master.stub.requests.length, 0)
  })
}

t.test('runSync refuses a hooks module that does not exist, or has a relative path', async (t) => {
  const { run } = await openScene(t)
  await t.rejects(run({ hooks: '/no/such/hooks.js' }), { code: 'USAGE', message: /Cannot load/ })
  await t.rejects(run({ hooks: 'hooks.js' }), { code: 'USAGE', message: /absolute path/ })
})

t.test('isItemDifferent has to return true or false', async (t) => {
  for (const answer of ['', 'return null', 'return 0', "return 'no'"]) {
    const hooks = await moduleOf(t, `export function isItemDifferent() { ${answer} }`)
    const { replica, run } = await openScene(t)
    const { summary, differences } = await run({ hooks })
    t.match(summary.replicas[replica.label], { differing: 4, failed: 4, sameAs: 51 }, answer)
    t.equal(summary.outcome, 'incomplete')
    const told = differences.filter(({ action }) => action === 'failed')
    t.match(told, Array(4).fill({ kind: 'differing', error: /isItemDifferent failed/ }))
  }
})

t.test('a hook that fails on an equal pair names its key', async (t) => {
  const hooks = await moduleOf(
    t,
    "export function onMatching(one) { if (one.id.S === 'item-7') throw new Error('no') }",
  )
  const { replica, run } = await openScene(t)
  const { summary, differences } = await run({ hooks })
  t.match(summary.replicas[replica.label], { sameAs: 51, failed: 1 })
  t.match(
    differences.filter(({ action }) => action === 'failed'),
    [{ key: { id: { S: 'item-7' } }, error: /onMatching failed: no/ }],
  )
})

t.test('an item that changes during a slow hook is read again before its write', async (t) => {
  const hooks = await moduleOf(
    t,
    'export const onMissing = () => new Promise((resolve) => setTimeout(resolve, 1000))',
  )
  const { master, replica, run } = await openScene(t, { masterItems: [item(1)], replicaItems: [] })
  const later = item(1, { v: { N: '2' } })
  // While the hook waits, after the last read.
  let looks = 0
  replica.stub.on((request) => {
    if (request.operation === 'BatchGetItem' && ++looks >= 2) {
      setTimeout(() => master.table.set(later), 300)
    }
    return undefined
  })
  const { summary } = await run({ ...ALL_WRITES, hooks })
  const puts = replica.stub.requests.filter(({ operation }) => operation === 'PutItem')
  t.strictSame(
    puts.map(({ body }) => body['Item']),
    [later],
  )
  t.match(summary.replicas[replica.label], { written: 1, mended: 0 })
})

t.test('a run ends when its signal aborts, although a hook never answers', async (t) => {
  const hooks = await moduleOf(t, 'export const onMissing = () => new Promise(() => {})')
  const { run } = await openScene(t)
  const { summary } = await run({ ...ALL_WRITES, hooks, signal: AbortSignal.timeout(1500) })
  t.equal(summary.outcome, 'interrupted')
})

t.test('a run ends when its signal aborts, although a listener never answers', async (t) => {
  const { run } = await openScene(t)
  const { summary } = await run({
    onDifference: () => new Promise(() => {}),
    signal: AbortSignal.timeout(1500),
  })
  t.equal(summary.outcome, 'interrupted')
})

for (const [when, hook] of [
  ['before the write', 'onMissing'],
  ['beside a write of another key', 'onDiffering'],
  ['while pages are compared', 'onMatching'],
] as const) {
  t.test(`a thread that dies ${when} is replaced, and its work goes on`, oneOfMany(), async (t) => {
    const mark = log(t)
    const hooks = await moduleOf(
      t,
      `import { appendFileSync, existsSync } from 'node:fs'
       import { threadId } from 'node:worker_threads'
       export function ${hook}() {
         if (existsSync(${JSON.stringify(mark)})) return
         appendFileSync(${JSON.stringify(mark)}, String(threadId))
         process.exit()
       }`,
    )
    const { master, replica, run } = await openScene(t)
    const { summary, differences } = await run({ ...ALL_WRITES, hooks, parallel: 2 })
    t.strictSame(counts(summary, replica), REPAIRED)
    t.equal(summary.outcome, 'in-sync')
    t.strictSame(replica.table.all(), master.table.all())
    t.equal(differences.length, 12, 'each is reported once')
    t.ok(summary.errors.every(({ code }) => code === 'WORKER_DIED'))
    t.ok(summary.errors.length > 0)
  })
}

t.test('a run of many pairs ends too, although a hook never answers', async (t) => {
  const hooks = await moduleOf(t, 'export const onMatching = () => new Promise(() => {})')
  const items = Array.from({ length: 300 }, (_, n) => item(n))
  const { run } = await openScene(t, { masterItems: items, replicaItems: items })
  // Half a second for each would add up to minutes.
  const { summary } = await run({ hooks, scanLimit: 300, signal: AbortSignal.timeout(1500) })
  t.equal(summary.outcome, 'interrupted')
  t.ok(summary.elapsedMs < 60_000, `${summary.elapsedMs} ms`)
})

t.test('the summary gives the error of a hook once, with a count and no item values', async (t) => {
  const hooks = await moduleOf(t, 'export const onMissing = (item) => item')
  const { replica, run } = await openScene(t, {
    masterItems: [1, 2, 3].map((n) => item(n, { secret: { S: 'of-an-item' } })),
    replicaItems: [],
  })
  const { summary, events } = await run({ ...ALL_WRITES, hooks })
  t.match(summary.replicas[replica.label], { missing: 3, failed: 3 })
  t.match(summary.errors, [
    {
      code: 'HOOK_FAILED',
      message: /expected 'skip' or nothing from it, got an object/,
      count: 3,
    },
  ])
  t.equal(events.filter(({ type }) => type === 'key-left').length, 3)
  t.notMatch(JSON.stringify([summary, events]), /of-an-item/)
})

t.test('a run that waits for a hook names its key, and no other data of the item', async (t) => {
  const hooks = await moduleOf(
    t,
    'export const onMissing = () => new Promise((resolve) => setTimeout(resolve, 6000))',
  )
  const { run } = await openScene(t, {
    masterItems: [item(1, { secret: { S: 'of-an-item' } })],
    replicaItems: [],
  })
  const { events } = await run({ ...ALL_WRITES, hooks })
  const text = JSON.stringify(events)
  t.match(text, /the hook onMissing on \{.*item-1/)
  t.notMatch(text, /of-an-item/)
})

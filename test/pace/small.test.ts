/** Small capacities: no waiting request is sent after the end, and no page exceeds its share. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunOptions } from 'tablesync'
import { ALL_WRITES, always, asks, item, openScene, type Scene } from '../support/scene.ts'
import type { Body } from '../support/tables/stub-terms.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const MANY = Array.from({ length: 400 }, (_, n) => item(n))

const PUTS = asks('PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem')
const READS = asks('Scan', 'BatchGetItem')

const sent = ({ master, replica }: Scene, which: typeof PUTS) =>
  [...master.stub.requests, ...replica.stub.requests].filter(which).length

/** An answer that serves none of the keys. */
function unprocessed(answer: Body): Body {
  const [[name, items] = ['', []]] = Object.entries(
    answer['Responses'] as Record<string, { readonly id: object }[]>,
  )
  const keys = (items as { readonly id: object }[]).map(({ id }) => ({ id }))
  return {
    ...answer,
    Responses: { [name]: [] },
    UnprocessedKeys: { [name]: { Keys: keys.length === 0 ? [{ id: { S: 'x' } }] : keys } },
  }
}

async function controlIn(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
  t.teardown(() => rm(folder, { recursive: true }))
  return join(folder, 'control')
}

/** Ends the run when `until` settles, and returns what was sent before and after. */
async function endedWhen(scene: Scene, options: Partial<RunOptions>, until: () => Promise<void>) {
  const ending = new AbortController()
  const running = scene.run({ ...ALL_WRITES, signal: ending.signal, ...options })
  await until()
  const before = { puts: sent(scene, PUTS), reads: sent(scene, READS) }
  ending.abort()
  const { summary } = await running
  const after = { puts: sent(scene, PUTS), reads: sent(scene, READS) }
  return { summary, before, after }
}

for (const [what, options] of [
  ['quiesced', { quiesced: true, strategy: 'lookup' }],
  ['live', { minMismatchAge: 0, strategy: 'march' }],
  ['in batches', { quiesced: true, writeDiffering: false, deleteExtra: false }],
] as const) {
  t.test(`runSync sends no further writes once it is to end, ${what}`, oneOfMany(), async (t) => {
    const scene = await openScene(t, { masterItems: MANY, replicaItems: [] })
    const { summary, before, after } = await endedWhen(
      scene,
      { ...options, writeCapacity: 5, segments: 4, parallel: 4 },
      async () => {
        while (sent(scene, PUTS) < 3) await sleep(10)
      },
    )
    t.equal(summary.outcome, 'interrupted')
    t.strictSame(summary.errors, [])
    // Tokens earned in the moment until the threads have heard of the end.
    t.ok(after.puts - before.puts <= 5, `${after.puts - before.puts} writes after the end`)
  })
}

t.test('runSync does not send what a pause held back once it is to end', async (t) => {
  const control = await controlIn(t)
  const scene = await openScene(t, { masterItems: MANY, replicaItems: [] })
  const { before, after } = await endedWhen(
    scene,
    { quiesced: true, writeCapacity: 20, segments: 4, parallel: 4, control },
    async () => {
      while (sent(scene, PUTS) < 3) await sleep(10)
      await writeFile(control, 'pause')
      await sleep(2000)
    },
  )
  t.strictSame(after, before)
})

for (const [what, fault] of [
  ['are left unprocessed', { rewrite: unprocessed }],
  ['are throttled', { error: 'ThrottlingException' }],
] as const) {
  t.test(`runSync ends soon although its look-ups ${what}`, oneOfMany(), async (t) => {
    const scene = await openScene(t)
    scene.replica.stub.on(always(fault, asks('BatchGetItem')))
    const began = performance.now()
    const { summary } = await endedWhen(
      scene,
      { strategy: 'lookup', retryDelayBase: 20_000, maxRetries: 10 },
      async () => {
        while (!scene.replica.stub.requests.some(asks('BatchGetItem'))) await sleep(10)
        await sleep(200)
      },
    )
    t.ok(performance.now() - began < 8000, `${(performance.now() - began).toFixed(0)} ms`)
    t.equal(summary.outcome, 'interrupted')
    t.strictSame(summary.errors, [])
  })
}

t.test('runSync does not wait for ever for an answer when it is to end', async (t) => {
  const scene = await openScene(t)
  scene.master.stub.on(always('drip', asks('Scan')))
  const { summary } = await endedWhen(scene, {}, async () => {
    while (!scene.master.stub.requests.some(asks('Scan'))) await sleep(10)
  })
  t.equal(summary.outcome, 'interrupted')
  t.strictSame(summary.errors, [])
  t.ok(summary.elapsedMs < 20_000, `${summary.elapsedMs} ms`)
})

t.test('runSync counts a write without an answer at the end as written or failed', async (t) => {
  const scene = await openScene(t)
  const { replica } = scene
  replica.stub.on(always('silence-landed', asks('PutItem')))
  const { summary } = await endedWhen(scene, {}, async () => {
    while (!replica.stub.requests.some(asks('PutItem'))) await sleep(10)
  })
  t.equal(summary.outcome, 'interrupted')
  t.strictSame(summary.errors, [])
  const counts = summary.replicas[replica.label]
  t.ok(Number(counts?.written) + Number(counts?.failed) > 0, 'and not as left')
})

t.test('runSync reads nothing if it is paused from the beginning', async (t) => {
  const control = await controlIn(t)
  await writeFile(control, 'pause')
  const scene = await openScene(t)
  const { summary, after } = await endedWhen(scene, { control }, () => sleep(1500))
  t.strictSame(after, { puts: 0, reads: 0 })
  t.equal(summary.outcome, 'interrupted')
  t.strictSame(summary.errors, [])
})

t.test('runSync takes one page at a time, and none larger than its capacity allows', async (t) => {
  const scene = await openScene(t, { masterItems: MANY, replicaItems: MANY })
  const pages: { readonly at: number; readonly items: number; readonly limit: number }[] = []
  const left = new Map<unknown, number>()
  scene.master.stub.on((request) => {
    if (!asks('Scan')(request)) return undefined
    const { Segment: segment, Limit } = request.body
    const limit = Number(Limit)
    // Approximately; how hashing distributes the items makes little difference here.
    const items = Math.min(limit, left.get(segment) ?? MANY.length / 4)
    left.set(segment, (left.get(segment) ?? MANY.length / 4) - items)
    pages.push({ at: performance.now(), items, limit })
    return undefined
  })
  const { summary } = await scene.run({
    segments: 4,
    parallel: 4,
    scanLimit: 1000,
    // An item takes half a unit here.
    readCapacity: 20,
  })
  t.equal(summary.outcome, 'in-sync')
  t.ok(Math.max(...pages.map(({ limit }) => limit)) <= 40, 'a second of its capacity')
  const first = pages[0]?.at ?? 0
  for (const seconds of [1, 3, 6]) {
    const units = pages
      .filter(({ at }) => at - first < seconds * 1000)
      .reduce((sum, { items }) => sum + items / 2, 0)
    // The tokens saved in a second, and the page that takes the bucket below zero.
    t.ok(units <= 20 * seconds + 20 + 20, `${units} units in ${seconds} s`)
  }
})

/** A task without progress goes to another thread once, and is then given up. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { applySync, type RunEvent, undoSync } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { hooksModule } from '../support/hooks-module.ts'
import {
  ALL_WRITES,
  always,
  asks,
  counts,
  eachFirst,
  item,
  MASTER_ITEMS,
  openScene,
  REPAIRED,
  SHORT,
} from '../support/scene.ts'
import type { Intercept, StubRequest } from '../support/tables/stub.ts'
import { t } from '../support/tap.ts'
import { oneOfMany, skipLong } from '../support/thorough.ts'

const TIMEOUTS = { ...SHORT, stall: 2500 }

const stalls = (events: readonly RunEvent[]) => events.filter(({ type }) => type === 'stalled')

const isSegmentOne = ({ body }: StubRequest) => body['Segment'] === 1

t.test('runSync begins a segment again whose answer arrives a byte at a time', async (t) => {
  const { master, replica, run } = await openScene(t)
  master.stub.on(eachFirst(1, 'drip', (request) => asks('Scan')(request) && isSegmentOne(request)))
  const { summary, events } = await run({ ...ALL_WRITES, scanLimit: 100, timeouts: TIMEOUTS })
  t.match(stalls(events), [
    { message: /^segment 1: no progress for .* \(under way: Scan on us-east-1:Master/ },
  ])
  t.strictSame(counts(summary, replica), REPAIRED)
  t.strictSame(replica.table.all(), master.table.all())
  t.match(summary.errors, [{ code: 'STALLED' }, { code: 'WORKER_DIED' }])
})

t.test('runSync gives up a segment whose answers never end, and no other', async (t) => {
  const { master, replica, run } = await openScene(t)
  master.stub.on(always('drip', (request) => asks('Scan')(request) && isSegmentOne(request)))
  const { summary, events } = await run({ ...ALL_WRITES, segments: 4, timeouts: TIMEOUTS })
  t.equal(stalls(events).length, 2)
  t.match(
    events.find(({ type }) => type === 'segment-lost'),
    { segment: 1, message: /begun twice/ },
  )
  t.equal(summary.outcome, 'incomplete')
  t.equal(summary.replicas[replica.label]?.lostSegments, 1)
  t.equal(summary.replicas[replica.label]?.deleted, 0, 'what was not seen may be anywhere')
})

for (const [what, body] of [
  ['never answers', 'return new Promise(() => {})'],
  ['never returns', 'for (;;) {}'],
] as const) {
  t.test(`runSync goes on in another thread where a hook ${what}`, oneOfMany(), async (t) => {
    const hooks = await hooksModule(
      t,
      (mark) => `import { existsSync, writeFileSync } from 'node:fs'
       export function onMissing(item) {
         if (item.id.S !== 'item-3' || existsSync(${mark})) return
         writeFileSync(${mark}, '')
         ${body}
       }`,
    )
    const { master, replica, run } = await openScene(t)
    const { summary, events } = await run({ ...ALL_WRITES, hooks, timeouts: TIMEOUTS })
    t.strictSame(counts(summary, replica), REPAIRED)
    t.strictSame(replica.table.all(), master.table.all())
    const told = stalls(events)
    t.ok(told.length > 0)
    if (what === 'never answers') t.match(told[0], { message: /the hook onMissing on .*item-3/ })
  })
}

t.test('runSync does not take a pause for a stall', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const control = join(folder, 'control')
  await writeFile(control, 'pause')
  const { replica, run } = await openScene(t)
  const events: RunEvent[] = []
  const { summary } = await run({
    ...ALL_WRITES,
    control,
    timeouts: { ...SHORT, stall: 600 },
    onProgress(event) {
      events.push(event)
      if (event.type === 'progress' && event.elapsedMs > 2500) {
        writeFile(control, 'resume').catch(() => {})
      }
    },
  })
  t.strictSame(stalls(events), [])
  t.strictSame(counts(summary, replica), REPAIRED)
})

t.test('runSync names a hook that hangs, while other work waits for capacity', async (t) => {
  const hooks = await hooksModule(
    t,
    (mark) => `import { existsSync, writeFileSync } from 'node:fs'
     export function onMissing(item) {
       if (item.id.S !== 'item-3' || existsSync(${mark})) return
       writeFileSync(${mark}, '')
       return new Promise(() => {})
     }`,
  )
  const { master, replica, run } = await openScene(t)
  // So slow that something waits for capacity until the end.
  const { summary, events } = await run({
    ...ALL_WRITES,
    hooks,
    readCapacity: 9,
    timeouts: { ...SHORT, stall: 1500 },
  })
  t.match(stalls(events)[0], { message: /the hook onMissing on .*item-3/ })
  t.equal(stalls(events).length, 1)
  t.strictSame(counts(summary, replica), REPAIRED)
  t.strictSame(replica.table.all(), master.table.all())
})

t.test('runSync does not take slow hooks for a stall', { skip: skipLong }, async (t) => {
  const hooks = await hooksModule(
    t,
    () => `export async function isItemDifferent() {
      await new Promise((resolve) => setTimeout(resolve, 300))
      return true
    }`,
  )
  const replicaItems = MASTER_ITEMS.map((one) => ({ ...one, n: { N: '-1' } }))
  const { replica, run } = await openScene(t, { replicaItems })
  const { summary, events } = await run({
    hooks,
    scanLimit: 100,
    segments: 1,
    timeouts: { ...SHORT, stall: 2000 },
  })
  t.strictSame(stalls(events), [])
  t.match(counts(summary, replica), { differing: 60, sameAs: 0 })
})

t.test('runSync does not take slow listeners for a stall', { skip: skipLong }, async (t) => {
  const { replica, run } = await openScene(t)
  const { summary, events } = await run({
    timeouts: { ...SHORT, stall: 1000 },
    onDifference: () => sleep(300),
  })
  t.strictSame(stalls(events), [])
  t.strictSame(summary.errors, [])
  t.match(counts(summary, replica), { missing: 5, differing: 4 })
})

/** The first matching request gets an answer that never ends. */
function dripOnce(concerns: (request: StubRequest) => boolean): Intercept {
  let isDone = false
  return (request) => {
    if (isDone || !concerns(request)) return undefined
    isDone = true
    return 'drip'
  }
}

const FORTY = Array.from({ length: 40 }, (_, n) => item(n))

t.test('applySync does all of its plan where a thread stalls with two batches', async (t) => {
  const { master, replica, run } = await openScene(t, { masterItems: FORTY, replicaItems: [] })
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await run({ ...ALL_WRITES, plan })
  // The answer that reads the first batch back never ends, while the second is in flight.
  const readsBack = (request: StubRequest) =>
    asks('BatchGetItem')(request) && replica.table.all().length >= 25
  replica.stub.on(dripOnce(readsBack))
  const { outcome, replicas, errors } = await applySync({
    plan,
    workers: 1,
    minMismatchAge: 0,
    timeouts: TIMEOUTS,
  })
  t.match(errors, [{ code: 'STALLED' }, { code: 'WORKER_DIED' }])
  t.strictSame(replica.table.all(), master.table.all())
  t.match(replicas[replica.label], { missing: 40, written: 40, resolved: 0, unverified: 0 })
  t.equal(outcome, 'in-sync')
})

t.test('applySync counts keys that stall every thread, and is incomplete', async (t) => {
  const { replica, run } = await openScene(t, { masterItems: FORTY, replicaItems: [] })
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await run({ ...ALL_WRITES, plan })
  const ofItemSeven = (request: StubRequest) =>
    asks('BatchGetItem')(request) && JSON.stringify(request.body).includes('"item-7"')
  replica.stub.on(always('drip', ofItemSeven))
  const { outcome, replicas } = await applySync({
    plan,
    workers: 1,
    minMismatchAge: 0,
    timeouts: TIMEOUTS,
  })
  t.equal(outcome, 'incomplete')
  const { written = 0, unverified = 0, missing = 0 } = replicas[replica.label] ?? {}
  t.ok(unverified > 0)
  t.equal(missing + unverified, 40, 'each key of the plan is counted')
  t.equal(written, missing)
})

t.test('undoSync undoes its whole journal where its thread stalls', async (t) => {
  const { replica, run } = await openScene(t, { masterItems: FORTY, replicaItems: [] })
  const undo = join(await tempFolder(t), 'undo.ndjson')
  await run({ ...ALL_WRITES, undo })
  replica.stub.on(dripOnce(asks('DeleteItem')))
  const { outcome, replicas } = await undoSync({ journal: undo, workers: 1, timeouts: TIMEOUTS })
  t.strictSame(replica.table.all(), [])
  t.match(replicas[replica.label], { extra: 40, deleted: 40, resolved: 0, unverified: 0 })
  t.equal(outcome, 'in-sync')
})

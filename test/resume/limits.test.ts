/** `--max-writes` over several legs: as many writes as it says, whatever became of them. */

import { join } from 'node:path'
import type { RunOptions } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { hooksModule } from '../support/hooks-module.ts'
import { asks, item, openScene, type SceneOptions } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'

const ITEMS = Array.from({ length: 400 }, (_, n) => item(n))
const MISSING = 120

async function openLegs(t: Test, options: Partial<RunOptions>, scene: SceneOptions = {}) {
  const opened = await openScene(t, {
    masterItems: ITEMS,
    replicaItems: ITEMS.slice(MISSING),
    ...scene,
  })
  const checkpoint = join(await tempFolder(t), 'checkpoint')
  const before = opened.replica.table.all().length
  return {
    ...opened,
    landed: () => opened.replica.table.all().length - before,
    leg: (more: Partial<RunOptions> = {}) =>
      opened.run({
        writeMissing: true,
        segments: 6,
        parallel: 1,
        checkpoint,
        checkpointInterval: 0.05,
        ...options,
        ...more,
      }),
  }
}

t.test('an item that a hook skips does not let a later leg write more', async (t) => {
  const hooks = await hooksModule(t, "export const onDiffering = () => 'skip'")
  const replicaItems = ITEMS.slice(MISSING).map((one, n) =>
    n < 160 ? { ...one, n: { N: '-1' } } : one,
  )
  const { leg, landed } = await openLegs(t, { hooks, maxWrites: 40 }, { replicaItems })
  for (const resume of [false, true, true]) {
    const { summary } = await leg({ resume })
    t.equal(summary.stopped?.rail, 'max-writes')
    t.ok(landed() <= 40, `${landed()} landed`)
  }
})

t.test('an item whose hook fails does not count towards maxWrites', async (t) => {
  const text = "export const onMissing = ({ n }) => { if (n.N % 2) throw new Error('odd') }"
  const hooks = await hooksModule(t, text)
  const scene = await openLegs(t, { hooks, maxWrites: MISSING / 2 })
  const ending = new AbortController()
  let puts = 0
  scene.replica.stub.on((request) => {
    if (asks('PutItem')(request) && ++puts === 35) ending.abort()
    return undefined
  })
  t.equal((await scene.leg({ signal: ending.signal })).summary.outcome, 'interrupted')
  const { summary } = await scene.leg({ resume: true })
  t.equal(summary.stopped, undefined)
  t.equal(scene.landed(), MISSING / 2)
  t.match(summary.errors, [{ code: 'HOOK_FAILED', message: /odd/, count: MISSING / 2 }])
})

t.test('a write that landed counts, although nobody could read it back', async (t) => {
  const scene = await openLegs(t, { maxWrites: 100, segments: 4, maxRetries: 1 })
  const ending = new AbortController()
  const lost = new Set<string>()
  let puts = 0
  scene.replica.stub.on((request) => {
    if (asks('PutItem')(request)) {
      if (++puts === 80) ending.abort()
      const { id } = request.body['Item'] as { readonly id: { readonly S: string } }
      if (Number(id.S.slice(5)) % 3 !== 0) return undefined
      lost.add(id.S)
      // Pretends that somebody else writes: the report does not determine unverified items.
      scene.replica.table.set(item(399))
      return { error: 'InternalServerError', status: 500, landed: true }
    }
    const isOfLost = [...lost].some((id) => JSON.stringify(request.body).includes(`"${id}"`))
    return asks('BatchGetItem')(request) && isOfLost
      ? { error: 'AccessDeniedException' }
      : undefined
  })
  const first = await scene.leg({ signal: ending.signal })
  t.ok(first.summary.replicas[scene.replica.label]?.unverified)
  await scene.leg({ resume: true })
  t.ok(scene.landed() <= 100, `${scene.landed()} landed`)
})

t.test('a limit below what earlier legs have used stops the run at once', async (t) => {
  const extras = Array.from({ length: 60 }, (_, n) => item(1000 + n))
  const { replica, leg } = await openLegs(
    t,
    { deleteExtra: true },
    { replicaItems: [...ITEMS, ...extras] },
  )
  const first = await leg({ maxDeletes: 0 })
  t.equal(first.summary.stopped?.rail, 'max-deletes')
  const { summary } = await leg({ maxDeletes: '100%', maxWrites: 5, resume: true })
  t.equal(summary.stopped?.rail, 'max-writes')
  t.equal(replica.table.all().length, ITEMS.length + extras.length)
  const last = await leg({ maxDeletes: '100%', maxWrites: 60, resume: true })
  t.equal(last.summary.outcome, 'in-sync')
})

t.test("one replica's writes in flight are not counted for another", async (t) => {
  const masterItems = ITEMS.slice(0, 100)
  const scene = await openLegs(
    t,
    { quiesced: true, segments: 1, scanLimit: 100, maxWrites: 120 },
    { masterItems, replicaItems: [], replicas: 2 },
  )
  const { replica, other } = scene
  const ending = new AbortController()
  let isSlow = true
  let waits: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    waits = resolve
  })
  replica.stub.on((request) => {
    if (asks('PutItem', 'BatchWriteItem')(request)) ending.abort()
    return undefined
  })
  // This replica has begun nothing when the run is interrupted.
  other.stub.on((request) =>
    isSlow && asks('Scan', 'BatchGetItem')(request) ? { answeredAfter: ended } : undefined,
  )
  const timeouts = { response: 60_000 }
  const first = scene.leg({ signal: ending.signal, timeouts })
  ending.signal.addEventListener('abort', () => setTimeout(waits, 300))
  t.equal((await first).summary.outcome, 'interrupted')
  isSlow = false
  const second = await scene.leg({ resume: true })
  t.equal(second.summary.stopped?.rail, 'max-writes')
  const all = replica.table.all().length + other.table.all().length
  t.ok(all <= 120, `${all} landed`)
  const { summary } = await scene.leg({ resume: true, maxWrites: 200 })
  for (const { label } of [replica, other]) {
    t.match(summary.replicas[label], { missing: 100, written: 100, resolved: 0 }, label)
  }
})

t.test('maxReadUnits counts all legs, and a larger number goes on', async (t) => {
  const { leg, landed } = await openLegs(t, {}, { masterItems: ITEMS })
  const first = await leg({ maxReadUnits: 30 })
  t.match(first.summary, { outcome: 'stopped', stopped: { safeguard: 'max-read-units' } })
  t.ok(landed() < MISSING, `${landed()} landed`)
  const scans = first.summary.master.scanned
  // The same number stops at once, whatever was read before.
  const again = await leg({ maxReadUnits: 30, resume: true })
  t.equal(again.summary.outcome, 'stopped')
  t.ok(again.summary.master.scanned <= scans)
  const { summary } = await leg({ maxReadUnits: 100_000, resume: true })
  t.equal(summary.outcome, 'in-sync')
  t.equal(landed(), MISSING)
})

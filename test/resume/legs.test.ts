/** What a leg reports and does with what earlier legs have left. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunOptions } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { always, askedOf, asks, item, openScene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'

const ITEMS = Array.from({ length: 200 }, (_, n) => item(n))
const MISSING = 60

async function openLegs(t: Test, options: Partial<RunOptions> = {}) {
  const replicaItems = ITEMS.slice(MISSING)
  const scene = await openScene(t, { masterItems: ITEMS, replicaItems })
  const folder = await tempFolder(t)
  const checkpoint = join(folder, 'checkpoint')
  const leg = (more: Partial<RunOptions> = {}) =>
    scene.run({
      ...{ writeMissing: true, checkpoint, checkpointInterval: 0.05, minMismatchAge: 0.1 },
      ...options,
      ...more,
    })
  return { ...scene, folder, checkpoint, leg }
}

const FULL = { error: 'ItemCollectionSizeLimitExceededException' }

t.test('a failed canary is sent again by the next leg, and holds', async (t) => {
  const { replica, master, leg } = await openLegs(t, { canary: 3 })
  let isFull = true
  replica.stub.on((request) => (isFull && asks('PutItem')(request) ? FULL : undefined))
  const first = await leg()
  t.equal(first.summary.stopped?.rail, 'canary')
  const still = await leg({ resume: true })
  t.equal(still.summary.stopped?.rail, 'canary', 'it fails again')
  t.equal(askedOf(replica, 'PutItem'), 6)
  isFull = false
  const { summary, events } = await leg({ resume: true })
  t.match(
    events.filter(({ type }) => type === 'canary-held'),
    [{ writes: 3 }],
  )
  // The canaries that failed are not sent once more.
  t.match(summary.replicas[replica.label], { written: MISSING - 6, failed: 6 })
  t.equal(replica.table.all().length, master.table.all().length - 6)
})

t.test('a canary that only a later leg asks for is sent', async (t) => {
  const { replica, leg } = await openLegs(t)
  const ending = new AbortController()
  let scans = 0
  replica.stub.on((request) => {
    if (asks('Scan')(request) && ++scans === 2) ending.abort()
    return undefined
  })
  await leg({ signal: ending.signal })
  const before = askedOf(replica, 'PutItem')
  replica.stub.on(always(FULL, asks('PutItem')))
  const { summary } = await leg({ resume: true, canary: 3 })
  t.equal(summary.stopped?.rail, 'canary')
  t.equal(askedOf(replica, 'PutItem') - before, 3)
})

t.test('a leg that ends before it begins reports the counts of earlier legs', async (t) => {
  const { replica, leg } = await openLegs(t)
  const ending = new AbortController()
  replica.stub.on((request) => {
    if (asks('PutItem')(request)) ending.abort()
    return undefined
  })
  const first = await leg({ signal: ending.signal, parallel: 1 })
  const { written, missing } = first.summary.replicas[replica.label] ?? {}
  t.ok(written)
  const { summary } = await leg({ resume: true, signal: AbortSignal.abort() })
  t.equal(summary.outcome, 'interrupted')
  t.match(summary.replicas[replica.label], { extra: 0 })
  t.ok(Number(summary.replicas[replica.label]?.missing) <= Number(missing))
  t.ok(summary.master.scanned > 0 || Number(summary.replicas[replica.label]?.lostSegments) > 0)
})

t.test('a run that has ended says that its result is an old one', async (t) => {
  const { checkpoint, leg } = await openLegs(t)
  await leg()
  const { events } = await leg({ resume: true })
  t.match(events, [{ type: 'ended-before', checkpoint, began: /Z$/, ended: /Z$/ }])
})

t.test('--restart replaces a checkpoint, but no file of another kind', async (t) => {
  const { folder, checkpoint, leg } = await openLegs(t)
  const journal = join(folder, 'journal')
  await leg({ undo: journal })
  const notes = join(folder, 'notes')
  await writeFile(notes, 'to be kept\n')
  for (const [file, what] of [
    [journal, /an undo journal/],
    [notes, /another file/],
  ] as const) {
    const before = await readFile(file)
    const refusal = { code: 'USAGE', message: what }
    await t.rejects(leg({ checkpoint: file, restart: true }), refusal)
    await t.rejects(leg({ checkpoint: file, resume: true }), refusal)
    t.strictSame(await readFile(file), before)
  }
  const empty = join(folder, 'empty')
  await writeFile(empty, '')
  for (const file of [checkpoint, empty]) {
    t.equal((await leg({ checkpoint: file, restart: true })).summary.outcome, 'in-sync')
  }
})

t.test('the reason for withheld deletions comes from the current leg', async (t) => {
  const extras = Array.from({ length: 60 }, (_, n) => item(1000 + n))
  const scene = await openScene(t, { masterItems: ITEMS, replicaItems: [...ITEMS, ...extras] })
  const checkpoint = join(await tempFolder(t), 'checkpoint')
  const reasonWith = async (error: string, more: Partial<RunOptions>) => {
    let isRefusing = true
    scene.replica.stub.on((request) =>
      isRefusing && asks('DeleteItem')(request) ? { error } : undefined,
    )
    const { events } = await scene.run({
      ...{ deleteExtra: true, maxDeletes: '100%', checkpoint },
      ...more,
    })
    isRefusing = false
    const withheld = events.find(({ type }) => type === 'deletions-withheld')
    return (withheld as { readonly reason?: string } | undefined)?.reason
  }
  t.match(await reasonWith(FULL.error, {}), /ItemCollectionSizeLimitExceeded/)
  t.match(await reasonWith('ValidationException', { resume: true }), /ValidationException/)
})

t.test('keys that wait for a recheck at the end of a leg count as unjudged', async (t) => {
  const { replica, leg } = await openLegs(t, { minMismatchAge: 60 })
  const ending = new AbortController()
  let finished = 0
  const { summary } = await leg({
    signal: ending.signal,
    onProgress(event) {
      // Everything is compared, and nothing is old enough yet.
      if (event.type === 'segment-finished' && ++finished === 2) ending.abort()
    },
  })
  t.equal(summary.outcome, 'interrupted')
  t.match(summary.replicas[replica.label], { unverified: 0, missing: 0, unjudged: MISSING })
  const again = await leg({ resume: true, minMismatchAge: 0.1 })
  t.match(again.summary.replicas[replica.label], {
    missing: MISSING,
    written: MISSING,
    unjudged: 0,
  })
})

t.test(
  'items that reach the replica while they wait for a recheck cause no scan error',
  async (t) => {
    const { replica, leg } = await openLegs(t, { minMismatchAge: 1 })
    replica.stub.on((request) => {
      // After the first lookup, which found them missing.
      if (asks('BatchGetItem')(request)) {
        setTimeout(() => {
          for (const one of ITEMS.slice(0, MISSING)) replica.table.set(one)
        }, 200)
      }
      return undefined
    })
    const { summary } = await leg({ scanLimit: 1000, segments: 1 })
    t.equal(summary.outcome, 'in-sync')
    t.match(summary.replicas[replica.label], { converged: MISSING, written: 0, missing: 0 })
    t.strictSame(summary.errors, [])
  },
)

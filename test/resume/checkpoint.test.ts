/** Checkpoints: left and resumed, refused by name, held by one run at a time. */

import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { RunOptions, Summary } from 'tablesync'
import { Lock } from '../../lib/files/locking/lock.ts'
import { tempFolder } from '../support/command/run-cli.ts'
import {
  ALL_WRITES,
  askedOf,
  asks,
  counts,
  openScene,
  REPAIRED,
  type Scene,
} from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'
import { interruptAt } from './interrupted-scene.ts'

async function openRun(t: Test, options: Partial<RunOptions> = {}) {
  const scene = await openScene(t)
  const checkpoint = join(await tempFolder(t), 'checkpoint')
  const leg = (more: Partial<RunOptions> = {}) =>
    scene.run({ ...ALL_WRITES, checkpoint, checkpointInterval: 0.05, ...options, ...more })
  return { ...scene, checkpoint, leg }
}

const of = ({ replicas }: Summary, { replica }: Pick<Scene, 'replica'>) => replicas[replica.label]

t.test('an interrupted run resumes where it was, with other workers', async (t) => {
  for (const n of [1, 3, 6, 9]) {
    const scene = await openRun(t)
    const first = await scene.leg({ signal: interruptAt(scene, n) })
    t.equal(first.summary.outcome, 'interrupted')
    t.equal((await stat(scene.checkpoint)).mode & 0o777, 0o600)
    const second = await scene.leg({ resume: true, workers: 2, parallel: 7 })
    t.equal(second.summary.outcome, 'in-sync')
    t.strictSame(counts(second.summary, scene.replica), REPAIRED, `left at request ${n}`)
    t.strictSame(scene.replica.table.all(), scene.master.table.all())
    t.equal(second.summary.master.scanned, 60)
  }
})

t.test('a run that has ended reports its summary again, and changes nothing', async (t) => {
  const scene = await openRun(t)
  const first = await scene.leg()
  const requests = scene.replica.stub.requests.length
  const again = await scene.leg({ resume: true })
  t.strictSame(again.summary, first.summary)
  t.equal(scene.replica.stub.requests.length, requests)
  const anew = await scene.leg({ restart: true })
  t.match(of(anew.summary, scene), { sameAs: 60, written: 0 })
})

t.test('every later leg gives the reason why keys failed', async (t) => {
  const scene = await openRun(t, { deleteExtra: false })
  const error = 'ItemCollectionSizeLimitExceededException'
  const ending = new AbortController()
  scene.replica.stub.on((request) => {
    if (!asks('PutItem')(request)) return undefined
    ending.abort()
    return { error }
  })
  const first = await scene.leg({ parallel: 1, signal: ending.signal })
  t.equal(first.summary.outcome, 'interrupted')
  t.ok(of(first.summary, scene)?.failed, 'some have failed by then')
  const { summary } = await scene.leg({ resume: true })
  t.equal(of(summary, scene)?.failed, 5)
  t.match(summary.errors, [{ message: new RegExp(error), count: 5 }])
  const again = await scene.leg({ resume: true })
  t.strictSame(again.summary.errors, summary.errors)
})

for (const kind of ['live', 'quiet', 'quiet, and journaled']) {
  t.test(
    `legs that a limit on writes stops use up no more than they write: ${kind}`,
    oneOfMany(),
    async (t) => {
      const writes = asks('PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem')
      const undo = join(await tempFolder(t), 'undo.ndjson')
      const scene = await openRun(t, {
        quiesced: kind !== 'live',
        ...(kind.endsWith('journaled') && { undo }),
      })
      // As many as there are writes; what one leg finds and leaves, the next one finds again.
      const limits = [1, 1, 3, 3, 3, 5, 11, 12]
      for (const [at, maxWrites] of limits.entries()) {
        const { summary } = await scene.leg({ maxWrites, ...(at > 0 && { resume: true }) })
        const { written, deleted } = counts(summary, scene.replica)
        t.ok(Number(written) + Number(deleted) <= maxWrites)
        t.ok(scene.replica.stub.requests.filter(writes).length <= maxWrites, `at most ${maxWrites}`)
        t.equal(summary.outcome, maxWrites < 12 ? 'stopped' : 'in-sync', `with ${maxWrites}`)
      }
      t.strictSame(scene.replica.table.all(), scene.master.table.all())
    },
  )
}

t.test('a replica that was lost is resumed', async (t) => {
  const scene = await openRun(t, { strategy: 'march' })
  let pages = 0
  let mayFail = true
  // A denied scan detaches the replica; a denied key would fail alone.
  scene.replica.stub.on((request) => {
    if (!mayFail || !asks('Scan')(request)) return undefined
    return ++pages > 3 ? { error: 'AccessDeniedException' } : undefined
  })
  const first = await scene.leg()
  t.equal(first.summary.outcome, 'incomplete')
  mayFail = false
  const second = await scene.leg({ resume: true })
  t.equal(second.summary.outcome, 'in-sync')
  t.strictSame(counts(second.summary, scene.replica), REPAIRED)
})

t.test('a run ends at maxDuration, and resumes later', async (t) => {
  const scene = await openRun(t)
  scene.master.stub.on((request) =>
    asks('Scan')(request)
      ? { answeredAfter: new Promise((resolve) => setTimeout(resolve, 150)) }
      : undefined,
  )
  const first = await scene.leg({ maxDuration: '0.4s' })
  t.equal(first.summary.outcome, 'interrupted')
  const second = await scene.leg({ resume: true, maxDuration: '10m' })
  t.strictSame(counts(second.summary, scene.replica), REPAIRED)
})

t.test('a run is not resumed with options that would change its meaning', async (t) => {
  const scene = await openRun(t)
  await scene.leg({ signal: interruptAt(scene, 3) })
  const before = scene.replica.table.all()
  const refusals: [Partial<RunOptions>, RegExp][] = [
    [{ ignore: ['n'] }, /`ignore` to be as when the run began, \[\]; got \["n"\]/],
    [{ deleteExtra: false }, /`deleteExtra` to be as when the run began, true; got false/],
    [{ dryRun: true }, /`dryRun`/],
    [{ strategy: 'lookup' }, /`strategy`/],
    [{ report: '/tmp/other' }, /`report`/],
    [{ quiesced: true }, /`quiesced`/],
    [{ versionAttribute: 'v' }, /`versionAttribute`/],
    [{ segments: 5 }, /`segments` to be as when the run began, 2; got 5/],
    [{ resume: false }, /exists already/],
    [{ restart: true }, /`resume` or `restart`, got both/],
    [{ undo: 'x.gz' }, /without a compressed journal/],
    [{ plan: '/tmp/x' }, /`dryRun` to be as when the run began/],
  ]
  for (const [options, message] of refusals) {
    await t.rejects(scene.leg({ resume: true, ...options }), { code: 'USAGE', message })
  }
  t.strictSame(scene.replica.table.all(), before)
  const { summary } = await scene.leg({ resume: true })
  t.strictSame(counts(summary, scene.replica), REPAIRED, 'and still resumes with the right options')
})

t.test('resume, restart and checkpointInterval require a checkpoint', async (t) => {
  const { run } = await openScene(t)
  for (const options of [{ resume: true }, { restart: true }, { checkpointInterval: 1 }]) {
    await t.rejects(run(options), {
      code: 'USAGE',
      message: /to come with `checkpoint`, got it alone/,
    })
  }
  await t.rejects(run({ checkpoint: '/no/such/folder/file' }), { code: 'FILE_UNWRITABLE' })
  await t.rejects(run({ maxDuration: 'soon' }), { code: 'USAGE', message: /like 90s, 30m or 8h/ })
})

t.test('a checkpoint of tables that were recreated since is refused', async (t) => {
  const scene = await openRun(t)
  let id = 'first'
  scene.replica.stub.on(({ operation }) =>
    operation === 'DescribeTable'
      ? { rewrite: (answer) => ({ Table: { ...(answer['Table'] as object), TableId: id } }) }
      : undefined,
  )
  await scene.leg({ signal: interruptAt(scene, 3) })
  id = 'second'
  await t.rejects(scene.leg({ resume: true }), { code: 'TABLE_CHANGED' })
})

t.test('a damaged checkpoint is refused by name, and never replaced silently', async (t) => {
  const scene = await openRun(t)
  await scene.leg({ signal: interruptAt(scene, 3) })
  const whole = await readFile(scene.checkpoint)
  const before = scene.replica.table.all()
  for (let at = 0; at < whole.length; at += 1 + Math.floor(whole.length / 60)) {
    const flipped = Buffer.from(whole)
    flipped[at] = (flipped[at] as number) ^ 0x04
    for (const [what, bytes] of [
      ['cut', whole.subarray(0, at)],
      ['flipped', flipped],
    ] as const) {
      await writeFile(scene.checkpoint, bytes)
      await t.rejects(
        scene.leg({ resume: true }),
        { code: 'USAGE', message: /to be whole|to be a checkpoint/ },
        `${what} at ${at}`,
      )
    }
  }
  await t.rejects(scene.leg(), { code: 'USAGE', message: /exists already/ })
  t.strictSame(scene.replica.table.all(), before)
  await writeFile(scene.checkpoint, whole)
  const { summary } = await scene.leg({ resume: true })
  t.strictSame(counts(summary, scene.replica), REPAIRED)
})

t.test('two runs cannot use one checkpoint', async (t) => {
  const scene = await openRun(t)
  let second: Promise<unknown> | undefined
  scene.replica.stub.on((request) => {
    if (asks('Scan')(request)) second ??= scene.leg().catch((error: unknown) => error)
    return undefined
  })
  const { summary } = await scene.leg()
  t.equal(summary.outcome, 'in-sync')
  t.match(await second, {
    code: 'USAGE',
    message: /in use by process/,
  })
  t.equal(askedOf(scene.replica, 'PutItem'), 5)
})

t.test('of many that find a dead holder, one takes the lock', async (t) => {
  const file = join(await tempFolder(t), 'lock')
  for (let round = 0; round < 200; round++) {
    // A process that does not exist any more.
    const dead = { run: 'dead', pid: 2 ** 22 + 1, host: hostname(), until: Date.now() + 1e6 }
    await writeFile(file, JSON.stringify(dead))
    const takers = await Promise.allSettled([0, 1, 2].map((n) => Lock.take(file, `${round}-${n}`)))
    const taken = takers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    if (taken.length !== 1) {
      t.fail(`${taken.length} hold it`)
      return
    }
    await taken[0]?.release()
  }
  t.pass('never two at once')
})

t.test('of many that begin at the same moment, one takes the lock', async (t) => {
  const folder = await tempFolder(t)
  for (let round = 0; round < 200; round++) {
    const file = join(folder, `fresh-${round}`)
    const takers = [0, 1, 2].map(async (n) => {
      // Each starts at another moment of the other's attempt.
      for (let turn = 0; turn < (round * n) % 7; turn++) await new Promise(setImmediate)
      return Lock.take(file, `${round}-${n}`)
    })
    const ends = await Promise.allSettled(takers)
    const taken = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
    t.equal(taken.length, 1)
    await taken[0]?.release()
  }
})

t.test('a run whose lock was taken over learns it at the next renewal', async (t) => {
  const file = join(await tempFolder(t), 'lock')
  const sleeper = await Lock.take(file, 'sleeper')
  await rm(file)
  const other = await Lock.take(file, 'other')
  await t.rejects(sleeper.renew(), { code: 'FILE_UNWRITABLE', message: /took over the checkpoint/ })
  await sleeper.release()
  await other.renew()
  await t.rejects(Lock.take(file, 'third'), { code: 'USAGE' })
  await other.release()
})

t.test('a process with the pid of a dead holder does not hold its lock', async (t) => {
  const file = join(await tempFolder(t), 'lock')
  const first = await Lock.take(file, 'first')
  const holder = JSON.parse(await readFile(file, 'utf8'))
  t.match(holder, { began: String }, 'where the system provides it')
  const [boot] = holder.began.split(' ')
  await first.release()
  await writeFile(file, JSON.stringify({ ...holder, run: 'dead', began: `${boot} 1` }))
  const second = await Lock.take(file, 'second')
  await second.release()
})

t.test('a lock of another machine is respected until its lease ends', async (t) => {
  const file = join(await tempFolder(t), 'lock')
  const elsewhere = { run: 'x', pid: 1, host: 'another.example' }
  await writeFile(file, JSON.stringify({ ...elsewhere, until: Date.now() + 60_000 }))
  await t.rejects(Lock.take(file, 'me'), { code: 'USAGE', hint: /remove/ })
  await writeFile(file, JSON.stringify({ ...elsewhere, until: Date.now() - 1 }))
  const lock = await Lock.take(file, 'me')
  await lock.renew()
  t.equal(JSON.parse(await readFile(file, 'utf8')).run, 'me')
  await lock.release()
  await t.rejects(stat(file))
})

t.test('a run reports that its checkpoint cannot be written', async (t) => {
  const scene = await openRun(t)
  const { summary } = await scene
    .run({ ...ALL_WRITES, checkpoint: '/proc/nothing' })
    .catch((error) => ({
      summary: { errors: [error] },
    }))
  t.match(summary.errors[0], { code: 'FILE_UNWRITABLE' })
})

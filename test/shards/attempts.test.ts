/** Attempts that die, and attempts at one shard at the same time: nothing is lost, and all can be undone. */
import { once } from 'node:events'
import { readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { undoSync, type WireItem } from 'tablesync'
import { runCli, startCli, tempFolder } from '../support/command/run-cli.ts'
import { asks, item, openScene, type Scene } from '../support/scene.ts'
import { seeded } from '../support/seeded.ts'
import { linesOf, resultOf, tableFlags } from '../support/shard-run.ts'
import { type Test, t } from '../support/tap.ts'
import { casesToPlay, skipLong } from '../support/thorough.ts'

const FAILPOINT = new URL('../support/failpoint.js', import.meta.url).href

const ITEMS = 400
const MASTER = Array.from({ length: ITEMS }, (_, n) => item(n))
const isMissing = (n: number) => n % 8 === 3
const isDiffering = (n: number) => n % 8 === 5
const REPLICA: WireItem[] = [
  ...MASTER.flatMap((one, n) => {
    if (isMissing(n)) return []
    return [isDiffering(n) ? { ...one, n: { N: '-1' }, stray: { S: 'x' } } : one]
  }),
  ...Array.from({ length: 30 }, (_, n) => item(10_000 + n)),
]
const PLANTED = MASTER.filter((_, n) => isMissing(n) || isDiffering(n))
  .map(keyOf)
  .sort()

function keyOf({ id }: WireItem): string {
  return (id as { readonly S: string }).S
}

const OF_SHARD = ['--checkpoint-interval', '0.05', '--workers', '1', '--parallel', '2']

/** A repair in two shards. Its requests are small, so that an attempt can die at many moments. */
async function planned(t: Test) {
  const scene = await openScene(t, { masterItems: MASTER, replicaItems: REPLICA })
  const folder = await tempFolder(t)
  const shared = join(folder, 'shared')
  const place = ({ label, stub }: Scene['master']) => ({ label, endpoint: stub.endpoint })
  const { code, stderr } = await runCli([
    ...['shard-plan', ...tableFlags(place(scene.master), place(scene.replica))],
    ...['--write-missing', '--write-differing', '--delete-extra', '--min-mismatch-age', '0.1'],
    ...['--shards', '2', '--out', shared, '--scan-limit', '7', '--retry-delay-base', '1'],
  ])
  t.equal(code, 0, stderr)
  return { scene, folder, shared, before: scene.replica.table.all() }
}

/** Does the shard until it is complete; the command is given each time anew. */
async function complete(t: Test, shared: string, shard: number): Promise<void> {
  const { code, stderr } = await runCli([
    ...['shard', shared, '--shard-index', String(shard), ...OF_SHARD],
  ])
  t.equal(code, 0, stderr)
}

async function isWholeAndUndone(
  t: Test,
  { scene, folder, shared, before }: Awaited<ReturnType<typeof planned>>,
): Promise<number> {
  const { master, replica } = scene
  const extras = before.filter((one) => !MASTER.some((other) => keyOf(other) === keyOf(one)))
  const repaired = [...master.table.all(), ...extras].map((one) => JSON.stringify(one)).sort()
  t.strictSame(
    replica.table
      .all()
      .map((one) => JSON.stringify(one))
      .sort(),
    repaired,
  )
  t.strictSame(
    replica.stub.requests.filter(asks('DeleteItem', 'BatchWriteItem')),
    [],
    'no shard deletes',
  )
  const journal = join(folder, 'journal')
  const merged = await resultOf(['merge', shared, '--journal', journal], folder, 'merged')
  t.equal(merged.code, 1, merged.stderr)
  const { written = 0, failed, conflicts } = merged.summary.replicas[replica.label] ?? {}
  t.strictSame([failed, conflicts], [0, 0])
  t.equal(merged.summary.master.scanned, ITEMS)
  t.equal(merged.report.length, new Set(merged.report).size, 'no line comes twice')
  t.equal(merged.plan?.length, 30, 'what is extra is planned')
  const keys = (await linesOf(journal)).map((line) => keyOf(JSON.parse(line).key))
  t.strictSame([...new Set(keys)].sort(), PLANTED, 'the journal has all that was written')
  const undone = await undoSync({ journal, retryDelayBase: 1, workers: 1 })
  t.equal(undone.outcome, 'in-sync', JSON.stringify(undone))
  t.strictSame(replica.table.all(), before, 'the undo brings all back')
  t.strictSame(replica.stub.violations, [])
  return written
}

/** Begins an attempt at the first shard, and waits until it dies at a point: null. */
async function dying(t: Test, shared: string, point: string): Promise<number | null> {
  const { ended } = startCli(['shard', shared, '--shard-index', '0', ...OF_SHARD], {
    NODE_OPTIONS: `--import ${FAILPOINT}`,
    TABLESYNC_TEST_KILL: point,
    TMPDIR: await tempFolder(t),
  })
  return (await ended).code
}

const POINTS = [
  ...['checkpoint-written:1', 'checkpoint-synced:2', 'checkpoint-renamed:2', 'save-begun:1'],
  ...['record-kept:1', 'about-to-write:1', 'journal-appended:1', 'journal-synced:1', 'written:1'],
  ...['about-to-write:6', 'journal-appended:5', 'journal-synced:3', 'written:12', 'written:20'],
  ...['checkpoint-renamed:3', 'checkpoint-written:3', 'link-written:1', 'link-synced:1'],
  ...['link-written:2', 'link-synced:3'],
]

const PLAYED = casesToPlay(POINTS.length, 1, 'TABLESYNC_TEST_SHARD_KILLS')

for (const [at, point] of POINTS.entries()) {
  const step = Math.ceil(POINTS.length / PLAYED)
  const skip = at % step === Math.floor(step / 2) ? false : 'one of many alike'
  t.test(`an attempt killed at ${point} is taken up on another machine`, { skip }, async (t) => {
    const run = await planned(t)
    const { scene, folder, shared } = run
    t.equal(await dying(t, shared, point), null, 'it died')
    // The other machine has nothing but the folder, and knows it by another path.
    const elsewhere = join(folder, 'elsewhere')
    await rename(shared, elsewhere)
    await complete(t, elsewhere, 0)
    await complete(t, elsewhere, 1)
    const written = await isWholeAndUndone(t, { ...run, shared: elsewhere })
    t.equal(written, PLANTED.length, 'each write is counted once')
    t.ok(
      scene.master.stub.requests.every(({ operation }) => !/^(Put|Update|Delete)/.test(operation)),
    )
  })
}

t.test('an attempt that dies while it copies another is none', async (t) => {
  const run = await planned(t)
  const { folder, shared } = run
  const attempts = async () =>
    (await readdir(join(shared, 'shard-0'))).filter((name) => name.startsWith('attempt-'))
  // Then it has a checkpoint that can be taken up.
  t.equal(await dying(t, shared, 'checkpoint-renamed:3'), null)
  const [first = ''] = await attempts()
  // It has a copy of the checkpoint and of the journal, and no note yet.
  for (const point of ['checkpoint-renamed:1', 'link-written:1', 'link-synced:1']) {
    t.equal(await dying(t, shared, point), null, point)
    t.strictSame(await attempts(), [first], `killed at ${point}, it is not seen`)
  }
  for (const shard of [0, 1]) await complete(t, shared, shard)
  const { summary } = await resultOf(['merge', shared], folder, 'before')
  const at = (...names: string[]) => join(shared, 'shard-0', ...names)
  const last = (await attempts()).find((name) => name !== first) ?? ''
  const { from } = JSON.parse(await readFile(at(last, 'attempt.json'), 'utf8'))
  t.equal(`attempt-${from.attempt}`, first)
  const journal = await readFile(at(first, 'journal.ndjson'))
  const rest = journal.subarray(from.journalBytes, journal.lastIndexOf('\n') + 1).toString()
  const uncommittedWrites = rest.split('\n').filter((line) => line.includes('"key"')).length
  t.strictSame(summary.shards, { count: 2, uncommittedWrites }, 'writes of the first alone')
  t.equal(await isWholeAndUndone(t, run), PLANTED.length)
})

const SEEDS = casesToPlay(30, 1, 'TABLESYNC_TEST_SHARD_COPIES')

for (let seed = 1; seed <= SEEDS; seed++) {
  t.test(`two attempts at one shard at once, seed ${seed}`, async (t) => {
    const random = seeded(seed)
    const run = await planned(t)
    const { scene, shared } = run
    const endings = [scene.master, scene.replica].map(({ stub }) =>
      stub.on((request) =>
        asks('Scan', 'BatchGetItem', 'PutItem', 'UpdateItem')(request) && random() < 0.05
          ? { error: 'InternalServerError', status: 500, ...(random() < 0.5 && { landed: true }) }
          : undefined,
      ),
    )
    const args = ['shard', shared, '--shard-index', '0', ...OF_SHARD]
    const first = startCli(args)
    const copies = [first]
    // The second begins while the first one is somewhere on its way.
    const wanted = Math.floor(random() * 60)
    let resolve = () => {}
    const promise = new Promise<void>((settle) => {
      resolve = settle
    })
    const look = () => scene.replica.stub.requests.length >= wanted && resolve()
    const timer = setInterval(look, 5)
    await Promise.race([promise, once(first.child, 'close')])
    clearInterval(timer)
    copies.push(startCli(args))
    const codes = await Promise.all(copies.map(async ({ ended }) => (await ended).code))
    t.strictSame(codes, [0, 0])
    await complete(t, shared, 1)
    for (const end of endings) end()
    await isWholeAndUndone(t, run)
    t.match(await readFile(join(shared, 'commits', 'shard-0.json'), 'utf8'), '"shard-commit"')
  })
}

for (const [what, operations] of [
  ['reads', ['Scan', 'Query', 'BatchGetItem', 'GetItem']],
  ['writes', ['PutItem', 'UpdateItem']],
  ['requests', ['Scan', 'Query', 'BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem']],
] as const) {
  const options = { skip: skipLong }
  t.test(`SIGTERM ends a shard in time, although no ${what} are answered`, options, async (t) => {
    const run = await planned(t)
    const { scene, shared } = run
    let asked = 0
    let isSilent = true
    for (const { stub } of [scene.master, scene.replica]) {
      stub.on((request) =>
        isSilent && asks(...operations)(request) && ++asked > 6 ? 'silence' : undefined,
      )
    }
    const { child, ended } = startCli(['shard', shared, '--shard-index', '0', ...OF_SHARD])
    while (asked < 8) await sleep(20)
    const began = Date.now()
    child.kill('SIGTERM')
    const { code, stderr } = await ended
    t.equal(code, 143, stderr)
    // Kubernetes kills a pod after 30 s.
    t.ok(Date.now() - began < 28_000, `${Date.now() - began} ms`)
    t.match(stderr, /shard {3}0 of 2 is not complete: another attempt goes on from here/)
    isSilent = false
    await complete(t, shared, 0)
    await complete(t, shared, 1)
    await isWholeAndUndone(t, run)
  })
}

/** The real process, killed and resumed again and again, ends like one that was not killed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Summary, undoSync, type WireItem } from 'tablesync'
import { readCheckedLine } from '../../lib/files/lines/checked-line.ts'
import { CLI, tempFolder } from '../support/command/run-cli.ts'
import { asks, item, openScene, type Scene } from '../support/scene.ts'
import { seeded } from '../support/seeded.ts'
import { t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'
import { differencesIn } from '../support/told-lines.ts'

/** The variable asks for more: each takes some seconds. */
const SEEDS = casesToPlay(2, 1, 'TABLESYNC_TEST_KILL_SEEDS')
const LEAST_KILLS = 4
const MOST_LEGS = 40

const POINTS = [
  'about-to-write',
  'written',
  'journal-appended',
  'journal-synced',
  'checkpoint-written',
  'checkpoint-synced',
  'checkpoint-renamed',
]

const FAILPOINT = new URL('../support/failpoint.js', import.meta.url).href

const ITEMS = 900
const MASTER = Array.from({ length: ITEMS }, (_, n) => item(n))
const REPLICA: WireItem[] = [
  ...MASTER.filter((_, n) => n % 10 !== 3).map((one, n) =>
    n % 9 === 4 ? { ...one, n: { N: '-1' } } : one,
  ),
  ...Array.from({ length: 80 }, (_, n) => item(10_000 + n)),
]
const FOUND = {
  sameAs: ITEMS - 90 - 90,
  missing: 90,
  differing: 90,
  extra: 80,
  written: 180,
  deleted: 80,
  conflicts: 0,
  failed: 0,
  unverified: 0,
}

interface Leg {
  readonly code: number | null
  readonly summary: Summary | undefined
  readonly stderr: string
}

/** One process, killed at a point, or after some milliseconds, or not at all. */
async function leg(
  args: readonly string[],
  kill: { readonly point?: string; readonly after?: number },
): Promise<Leg> {
  const child = spawn(process.execPath, ['--import', FAILPOINT, CLI, ...args, '--json'], {
    env: {
      PATH: process.env['PATH'],
      NODE_OPTIONS: process.env['NODE_OPTIONS'],
      TABLESYNC_TEST_REJECTIONS: process.env['TABLESYNC_TEST_REJECTIONS'],
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...(kill.point !== undefined && { TABLESYNC_TEST_KILL: kill.point }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const timer =
    kill.after === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), kill.after)
  const [code] = await once(child, 'close')
  clearTimeout(timer)
  return { code, stderr, summary: stdout === '' ? undefined : JSON.parse(stdout) }
}

/** Begins, kills and resumes until the run has ended. */
async function survive(scene: Scene, folder: string, random: () => number, segments: number) {
  const { master, replica } = scene
  const args = [
    ...['-m', master.label, '-r', replica.label],
    ...['--master-endpoint', master.stub.endpoint, '--replica-endpoint', replica.stub.endpoint],
    ...['--write-missing', '--write-differing', '--delete-extra'],
    ...['--checkpoint', join(folder, 'checkpoint'), '--checkpoint-interval', '0.1'],
    ...['--undo', join(folder, 'undo.ndjson'), '--report', join(folder, 'report.ndjson')],
    ...['--workers', '1', '--parallel', '3', '--segments', String(segments), '--scan-limit', '20'],
    ...['--min-mismatch-age', '0.2', '--retry-delay-base', '1'],
  ]
  let kills = 0
  for (let legs = 0; legs < MOST_LEGS; legs++) {
    const kill = kills > LEAST_KILLS + 1 ? {} : pickKill(kills, random, segments)
    const { code, summary, stderr } = await leg(legs === 0 ? args : [...args, '--resume'], kill)
    const isKilled = code === null
    if (isKilled) kills++
    // A run killed before its first checkpoint has nothing to resume yet.
    if (legs === 0 && code === null && !(await exists(join(folder, 'checkpoint')))) legs = -1
    if (!isKilled) {
      if (summary === undefined) throw new Error(`no document: ${stderr}`)
      return { summary, kills, args }
    }
  }
  throw new Error('it never came to its end')
}

/** Any point at first; later only points that every leg reaches. */
function pickKill(kills: number, random: () => number, segments: number) {
  if (kills < 3 && random() < 0.3) return { after: 400 + random() * 800 }
  // A scan in one segment makes a record after every page; a short segment makes none.
  const points = segments === 1 ? [...POINTS, 'record-kept'] : POINTS
  const point = points[Math.floor(random() * points.length)] as string
  // Every leg reaches a point once, but not always twice.
  if (kills < 3 && !point.startsWith('checkpoint')) return { point: `${point}:1` }
  const often = POINTS.slice(-3)[Math.floor(random() * 3)]
  return { point: `${often}:${2 + Math.floor(random() * 3)}` }
}

const exists = (file: string) =>
  readFile(file).then(
    () => true,
    () => false,
  )

const linesOf = async (file: string) => (await readFile(file, 'utf8')).trim().split('\n')

for (let seed = 1; seed <= SEEDS; seed++) {
  t.test(`a run that is killed at random ends like one that was not, seed ${seed}`, async (t) => {
    const random = seeded(seed)
    const scene = await openScene(t, { masterItems: MASTER, replicaItems: REPLICA })
    const before = scene.replica.table.all()
    for (const { stub } of [scene.master, scene.replica]) {
      stub.on((request) =>
        asks('Scan', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem')(request) &&
        random() < 0.05
          ? { error: 'InternalServerError', status: 500, ...(random() < 0.5 && { landed: true }) }
          : undefined,
      )
    }
    const folder = await tempFolder(t)
    const { summary, kills, args } = await survive(scene, folder, random, seed % 2 === 0 ? 1 : 6)
    t.ok(kills >= LEAST_KILLS, `${kills} kills`)
    t.equal(summary.outcome, 'in-sync', JSON.stringify(summary))
    t.strictSame(scene.replica.table.all(), scene.master.table.all())
    const counts = summary.replicas[scene.replica.label]
    t.match(counts, FOUND)
    t.equal(summary.master.scanned, ITEMS)
    // An item that an earlier leg has put is one more on the replica. The replica's scan meets it as
    // half of a pair or, if it was looked up before, as `elsewhere`.
    const { scanned = 0, elsewhere = 0, matched = 0, extra } = counts ?? {}
    const more = scanned - REPLICA.length
    t.ok(more >= 0 && more <= FOUND.missing, `${scanned} scanned`)
    t.ok(matched <= ITEMS, `${matched} pairs`)
    t.equal(scanned, matched + (extra ?? 0) + elsewhere, 'each of them counted once')

    const told = await differencesIn(join(folder, 'report.ndjson'))
    const keyed = told.map(({ kind, key }) => `${kind} ${JSON.stringify(key)}`)
    t.equal(new Set(keyed).size, keyed.length, 'no line of the report comes twice')
    t.same(
      ['missing', 'differing', 'extra'].map(
        (kind) => told.filter((one) => one.kind === kind).length,
      ),
      [90, 90, 80],
    )
    t.notOk(told.some(({ action }) => action !== 'written' && action !== 'deleted'))
    const journal = await linesOf(join(folder, 'undo.ndjson'))
    t.notOk(
      journal.some((line) => readCheckedLine(line) === undefined),
      'no line of the journal is torn',
    )

    const requests = scene.replica.stub.requests.length
    const again = await leg([...args, '--resume'], {})
    t.equal(again.code, 0, 'a run that has ended does not begin again')
    t.strictSame(again.summary, summary)
    t.equal(scene.replica.stub.requests.length, requests)

    await undoSync({ journal: join(folder, 'undo.ndjson'), workers: 1, retryDelayBase: 1 })
    t.strictSame(scene.replica.table.all(), before, 'undo restores the first contents')
    t.strictSame(scene.replica.stub.violations, [])
  })
}

/** A merge refuses what is not all of one run, by name, and writes nothing then. */
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { mergeShards, runShard } from 'tablesync'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { failingDisk } from '../support/failing-disk.ts'
import { t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'
import { attemptOf, commitOf, doneShards, plannedShards, QUICK } from './planned-shards.ts'

// The disk that fails is one for the whole process.
t.jobs = 1

/** Changes a checked line, and gives it the checksum of what it says then. */
async function rewrite(file: string, change: (text: string) => string): Promise<void> {
  const rest = change((await readFile(file, 'utf8')).trimEnd().replace(/^\{"crc":"\w{8}",/, '{'))
  const crc = crc32(rest).toString(16).padStart(8, '0')
  await writeFile(file, `{"crc":"${crc}",${rest.slice(1)}\n`)
}

const CASES: readonly (readonly [string, (shared: string) => Promise<void>, RegExp])[] = [
  [
    'a shard that nobody has begun',
    async (shared) => {
      await rm(join(shared, 'shard-1'), { recursive: true })
      await rm(commitOf(shared, 1))
    },
    /to be complete; 1 of 2 are not: 1 \(not begun\)$/,
  ],
  [
    'a shard that was cut short',
    (shared) => rm(commitOf(shared, 1)),
    /to be complete; 1 of 2 are not: 1 \(1 attempt\)$/,
  ],
  [
    'a commit in place of another',
    (shared) => cp(commitOf(shared, 0), commitOf(shared, 1)),
    /commits\/shard-1\.json to be of shard 1, got that of shard 0$/,
  ],
  [
    'a shard in place of another',
    async (shared) => {
      await rm(join(shared, 'shard-1'), { recursive: true })
      await cp(join(shared, 'shard-0'), join(shared, 'shard-1'), { recursive: true })
      await cp(commitOf(shared, 0), commitOf(shared, 1))
    },
    /to be of shard 1, got that of shard 0$/,
  ],
  [
    'a shard that the run does not have',
    (shared) => mkdir(join(shared, 'shard-2')),
    /Expected shards 0 to 1 in .*, found shard-2 too$/,
  ],
  [
    'a commit that the run does not have',
    (shared) => cp(commitOf(shared, 0), commitOf(shared, 9)),
    /Expected shards 0 to 1 in .*, found shard-9 too$/,
  ],
  [
    'a shard whose files are gone',
    (shared) => rm(join(shared, 'shard-1'), { recursive: true }),
    /^Shard 1 cannot be merged: result\.json cannot be read: ENOENT/,
  ],
  [
    'a shard of another run',
    (shared) => rewrite(commitOf(shared, 0), (text) => text.replace(/"run":"\w+/, '"run":"0')),
    /^Shard 0 cannot be merged: it was committed for another run$/,
  ],
  [
    'a run.json with other options',
    (shared) =>
      rewrite(join(shared, 'run.json'), (text) =>
        text.replace('"minMismatchAge":0', '"minMismatchAge":1'),
      ),
    /^Shard 0 cannot be merged: it was committed under another run\.json/,
  ],
  [
    'a run.json that was edited',
    async (shared) => {
      const text = await readFile(join(shared, 'run.json'), 'utf8')
      await writeFile(join(shared, 'run.json'), text.replace('"shards":2', '"shards":1'))
    },
    /run\.json to be the plan of a run of shards, as tablesync wrote it; it was changed/,
  ],
  ['no run.json', (shared) => rm(join(shared, 'run.json')), /^Cannot read .*run\.json: ENOENT/],
  [
    'a shard of another version',
    (shared) =>
      rewrite(commitOf(shared, 1), (text) => text.replace(/"release":"[^"]+/, '"release":"9.9.9')),
    /^Shard 1 cannot be merged: it was committed by tablesync 9\.9\.9, and the run is of /,
  ],
  [
    'a run of another version',
    (shared) =>
      rewrite(join(shared, 'run.json'), (text) =>
        text.replace(/"release":"[^"]+/, '"release":"9.9.9'),
      ),
    /^Expected tablesync 9\.9\.9, which planned the run in .*; this is /,
  ],
  [
    'a commit that is cut short',
    (shared) => truncate(commitOf(shared, 1), 100),
    /shard-1\.json to be the commit of a shard, as tablesync wrote it; it was changed or is cut short$/,
  ],
  ...(['report.ndjson', 'plan.ndjson', 'result.json'] as const).flatMap(
    (name): (typeof CASES)[number][] => [
      [
        `${name} cut short`,
        async (shared) => truncate(join(await attemptOf(shared, 1), name), 40),
        new RegExp(`^Shard 1 cannot be merged: ${name} has 40 bytes, where \\d+ were committed$`),
      ],
      [
        `${name} with a byte changed`,
        async (shared) => {
          const file = join(await attemptOf(shared, 1), name)
          const bytes = await readFile(file)
          bytes[30] = (bytes[30] as number) ^ 1
          await writeFile(file, bytes)
        },
        new RegExp(`^Shard 1 cannot be merged: ${name} was changed since it was committed$`),
      ],
      [
        `no ${name}`,
        async (shared) => rm(join(await attemptOf(shared, 0), name)),
        new RegExp(`^Shard 0 cannot be merged: ${name} cannot be read: ENOENT`),
      ],
    ],
  ),
  [
    'an attempt at another run',
    async (shared) => {
      const other = join(shared, 'shard-1', 'attempt-00000000-0000-4000-8000-000000000000')
      await cp(await attemptOf(shared, 1), other, { recursive: true })
      await rewrite(join(other, 'attempt.json'), (text) =>
        text.replace(/"runDigest":"\w+/, '"runDigest":"0'),
      )
    },
    /^Expected attempts at the run in .*, but shard-1\/attempt-0{8}\S+ is of another$/,
  ],
  [
    'a note of an attempt that was edited',
    async (shared) => {
      const file = join(await attemptOf(shared, 0), 'attempt.json')
      await writeFile(file, (await readFile(file, 'utf8')).replace('"shard":0', '"shard":1'))
    },
    /attempt\.json to be .*, as tablesync wrote it; it was changed or is cut short$/,
  ],
  [
    'no note of an attempt',
    async (shared) => rm(join(await attemptOf(shared, 0), 'attempt.json')),
    /^Cannot read .*attempt\.json: ENOENT/,
  ],
  [
    'commits that cannot be listed',
    async (shared) => {
      await rm(join(shared, 'commits'), { recursive: true })
      await writeFile(join(shared, 'commits'), '')
    },
    /^Cannot read .*commits: ENOTDIR/,
  ],
  [
    'attempts that cannot be listed',
    async (shared) => {
      await rm(join(shared, 'shard-1'), { recursive: true })
      await writeFile(join(shared, 'shard-1'), '')
    },
    /^Shard 1 cannot be merged: result\.json cannot be read: ENOTDIR/,
  ],
  [
    'other segments, under a commit of them',
    async (shared) => {
      const [one, other] = [await attemptOf(shared, 0), await attemptOf(shared, 1)]
      const result = await readFile(join(one, 'result.json'), 'utf8')
      const [, segments = ''] = /"segments":"([^"]+)"/.exec(result) ?? []
      const file = join(other, 'result.json')
      await rewrite(file, (text) => text.replace(/"segments":"[^"]+"/, `"segments":"${segments}"`))
      const { createHash } = await import('node:crypto')
      const sha256 = createHash('sha256')
        .update(await readFile(file))
        .digest('hex')
      await rewrite(commitOf(shared, 1), (text) =>
        text.replace(/("result\.json","bytes":\d+,"sha256":")\w+/, `$1${sha256}`),
      )
    },
    /^Shard 1 cannot be merged: it has not compared the segments of shard 1$/,
  ],
]

t.test('a merge refuses', async (t) => {
  const done = await doneShards(t)
  for (const [what, spoil, message] of CASES) {
    await t.test(what, async (t) => {
      const folder = await tempFolder(t)
      const shared = join(folder, 'shared')
      await cp(done.shared, shared, { recursive: true })
      await spoil(shared)
      const files = {
        ...{ report: join(folder, 'report'), plan: join(folder, 'plan') },
        html: join(folder, 'page'),
      }
      await t.rejects(mergeShards({ folder: shared, ...files }), { code: 'USAGE', message })
      t.strictSame(await readdir(folder), ['shared'], 'nothing is written')
    })
  }
  t.match(await mergeShards({ folder: done.shared }), { outcome: 'different' })
})

t.test('the command refuses with exit code 2', async (t) => {
  const { shared } = await plannedShards(t)
  const { code, stderr } = await runCli(['merge', shared])
  t.equal(code, 2)
  t.match(stderr, /2 of 2 are not: 0 \(not begun\), 1 \(not begun\)/)
})

t.test('a disk that is full at any write of an attempt', async (t) => {
  const run = await plannedShards(t)
  const disk = await failingDisk(run.shared)
  t.teardown(() => disk.restore())
  const whole = { folder: run.shared, ...QUICK }
  disk.arm(Number.POSITIVE_INFINITY, false)
  await runShard({ ...whole, shardIndex: 1 })
  const { calls } = disk.disarm()
  // The result and the commit are the last of them.
  const first = Math.max(1, calls - casesToPlay(calls, 8, 'TABLESYNC_TEST_DISK_POINTS'))
  const told = new Set<string>()
  for (let n = first; n <= calls + 2; n++) {
    await rm(join(run.shared, 'shard-0'), { recursive: true, force: true })
    await rm(commitOf(run.shared, 0), { force: true })
    disk.arm(n, n % 2 === 0)
    const ended = await runShard({ ...whole, shardIndex: 0 }).catch((error) => error)
    const { failed } = disk.disarm()
    for (const one of failed) told.add(one.replace(/[0-9a-f-]{36}/g, 'ID'))
    const outcome = ended.outcome ?? ended.code
    t.ok(['complete', 'incomplete', 'FILE_UNWRITABLE'].includes(outcome), `${n}: ${outcome}`)
    const again = await runShard({ ...whole, shardIndex: 0 })
    t.match(again.outcome, /^complete/, `${n}: the next attempt completes it`)
    const merged = await mergeShards({ folder: run.shared })
    t.match(merged, { outcome: 'different', master: { scanned: 60 } }, `${n}: merged`)
    t.match(merged.replicas[run.replica.label], { missing: 5, differing: 4, extra: 3 })
  }
  for (const name of ['writeFile', 'sync', 'link']) {
    t.ok(
      [...told].some((one) => one.startsWith(`${name} /commits/shard-0.json`)),
      `${name} of the commit has failed`,
    )
  }
})

/** What a folder of shards may hold, and what may be written beside it. */
import { cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mergeShards, planShards, runShard, undoSync } from 'tablesync'
import { runOnFullDisk } from '../support/command/full-disk.ts'
import { runCli } from '../support/command/run-cli.ts'
import { linesOf } from '../support/shard-run.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'
import {
  attemptOf,
  commitOf,
  doneShards,
  plannedShards,
  QUICK,
  SHARDS,
  tablesOf,
} from './planned-shards.ts'

const REPAIR = { writeMissing: true, writeDiffering: true, dryRun: false } as const

t.test('a folder that has a run is not planned again', async (t) => {
  const { shared, ...scene } = await plannedShards(t)
  const before = await readFile(join(shared, 'run.json'), 'utf8')
  const plan = { ...tablesOf(scene), shards: 3 }
  await t.rejects(planShards({ ...plan, out: shared }), {
    code: 'USAGE',
    message: /^Expected a folder without a run, but .*run\.json exists$/,
  })
  t.equal(await readFile(join(shared, 'run.json'), 'utf8'), before)
  await rename(join(shared, 'run.json'), `${shared}-file`)
  await t.rejects(planShards({ ...plan, out: `${shared}-file` }), { message: /to be a folder/ })
})

for (const left of ['shard-0', 'shard-7', 'commits/shard-0.json']) {
  t.test(`a folder that holds ${left} of another run is not planned`, oneOfMany(), async (t) => {
    const { folder, ...scene } = await plannedShards(t)
    const out = join(folder, 'left')
    await mkdir(join(out, left), { recursive: true })
    await t.rejects(planShards({ ...tablesOf(scene), shards: 1, out }), {
      code: 'USAGE',
      message: new RegExp(`^Expected a folder without a run, but .* holds ${left} of another$`),
    })
    await t.rejects(readFile(join(out, 'run.json')), { code: 'ENOENT' })
  })
}

t.test('files that could only be empty are refused', async (t) => {
  const { folder, shared, ...scene } = await plannedShards(t)
  const file = join(folder, 'file')
  await t.rejects(mergeShards({ folder: shared, journal: file }), {
    message: /`journal` for a run that writes; this one was a dry run$/,
  })
  const out = join(folder, 'other')
  await planShards({ ...tablesOf(scene), shards: 1, out })
  await t.rejects(mergeShards({ folder: out, plan: file }), {
    message: /`plan` for a run that was planned with write flags; this one has none$/,
  })
})

t.test('nothing is merged into the folders of the shards', async (t) => {
  const { shared } = await doneShards(t)
  const before = await readdir(shared, { recursive: true })
  for (const place of [
    'run.json',
    'commits/shard-1.json',
    'commits/new',
    'shard-0/new',
    'shard-1/attempt-x/report.ndjson',
  ]) {
    for (const output of ['report', 'plan', 'html'] as const) {
      const file = join(shared, 'shard-0', '..', place)
      await t.rejects(
        mergeShards({ folder: shared, [output]: file }),
        {
          code: 'USAGE',
          message: new RegExp(`^Expected \`${output}\` to lie outside the folders of the shards`),
        },
        `${output} into ${place}`,
      )
      t.strictSame(await readdir(shared, { recursive: true }), before)
    }
  }
  t.match(await mergeShards({ folder: shared }), { outcome: 'different' })
})

t.test('what is merged may lie beside the shards', async (t) => {
  const { shared } = await doneShards(t)
  const report = join(shared, 'report.ndjson')
  t.match(await mergeShards({ folder: shared, report }), { outcome: 'different' })
  t.equal((await linesOf(report)).length, 12)
})

t.test(
  'a shard whose commit was removed is done again, and its writes stay undoable',
  async (t) => {
    const { folder, shared, replica } = await plannedShards(t, { ...REPAIR, shards: 1 })
    const before = replica.table.all()
    const quick = { folder: shared, shardIndex: 0, ...QUICK }
    t.equal((await runShard(quick)).outcome, 'complete')
    await truncate(join(await attemptOf(shared, 0), 'report.ndjson'), 300)
    await t.rejects(mergeShards({ folder: shared }), { message: /report\.ndjson has 300 bytes/ })
    await rm(commitOf(shared, 0))
    t.equal((await runShard(quick)).outcome, 'complete')
    const journal = join(folder, 'journal')
    const merged = await mergeShards({ folder: shared, journal })
    t.match(merged, { outcome: 'different', shards: { uncommittedWrites: 9 } })
    t.equal(merged.replicas[replica.label]?.missing, 0, 'nothing was left to repair')
    await undoSync({ journal, ...QUICK })
    t.strictSame(replica.table.all(), before)
  },
)

for (const [damage, spoil, message] of [
  [
    'is cut short',
    (file: string) => truncate(file, 700),
    /journal of attempt-\S+ has 700 bytes, and had \d+$/,
  ],
  ['is gone', (file: string) => rm(file), /journal of attempt-\S+ has 0 bytes, and had \d+$/],
  [
    'was changed',
    async (file: string) => {
      const text = await readFile(file, 'utf8')
      await writeFile(
        file,
        text.replace(/"id":\{"S":"./, (found) => `${found.slice(0, -1)}#`),
      )
    },
    /^Expected line 2 of .*journal\.ndjson to be whole; it was changed/,
  ],
] as const) {
  t.test(
    `where the journal of an attempt that did not commit ${damage}, nothing is merged`,
    oneOfMany(),
    async (t) => {
      const { folder, shared } = await plannedShards(t, { ...REPAIR, shards: 1 })
      const quick = { folder: shared, shardIndex: 0, ...QUICK }
      await runShard(quick)
      const first = await attemptOf(shared, 0)
      await rm(commitOf(shared, 0))
      await runShard(quick)
      await spoil(join(first, 'journal.ndjson'))
      const files = { journal: join(folder, 'journal'), report: join(folder, 'report') }
      await t.rejects(mergeShards({ folder: shared, ...files }), { code: 'USAGE', message })
      t.strictSame(await readdir(folder), ['shared'], 'nothing is written')
    },
  )
}

t.test('where the report cannot be written, no part of the journal is left', async (t) => {
  const { folder, shared } = await doneShards(t, REPAIR)
  const files = { journal: join(folder, 'journal'), report: join(folder, 'nowhere', 'report') }
  await t.rejects(mergeShards({ folder: shared, ...files }), { code: 'FILE_UNWRITABLE' })
  t.strictSame(await readdir(folder), ['shared'])
})

t.test('an attempt at another run is not taken up', async (t) => {
  const run = await doneShards(t)
  const other = await plannedShards(t)
  await cp(join(run.shared, 'shard-0'), join(other.shared, 'shard-0'), { recursive: true })
  const requests = other.replica.stub.requests.length
  await runShard({ folder: other.shared, shardIndex: 0, ...QUICK })
  t.ok(other.replica.stub.requests.length > requests, 'it compares by itself')
})

for (const kibibytes of [1, 2, 3]) {
  t.test(
    `a shard whose files were cut off at ${kibibytes} KiB has all lines in the end`,
    oneOfMany(),
    async (t) => {
      const { folder, shared } = await plannedShards(t)
      const cut = await runOnFullDisk(kibibytes, ['shard', shared, '--shard-index', '0'])
      t.equal(cut.code, 3, cut.stderr)
      for (let shard = 0; shard < SHARDS; shard++) {
        const { code, stderr } = await runCli(['shard', shared, '--shard-index', `${shard}`])
        t.equal(code, 0, stderr)
      }
      const file = (name: string) => join(folder, name)
      await mergeShards({ folder: shared, report: file('report'), plan: file('plan') })
      t.equal(new Set(await linesOf(file('report'))).size, 12)
      t.equal((await linesOf(file('plan'))).length, 5)
    },
  )
}

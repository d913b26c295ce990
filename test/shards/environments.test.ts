/** Eight shards as processes, in what each scheduler gives its tasks: they find what one run finds. */
import { join } from 'node:path'
import type { Difference, ReplicaSummary } from 'tablesync'
import { type Env, runCli, tempFolder } from '../support/command/run-cli.ts'
import { item, openScene } from '../support/scene.ts'
import { doShards, type MergedRun, resultOf, tableFlags, totalsOf } from '../support/shard-run.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { casesToPlay, skipLong } from '../support/thorough.ts'

const SHARDS = 8

/** What each scheduler gives a task of an array of eight. */
const ENVIRONMENTS: Readonly<Record<string, (shard: number) => Env>> = {
  'AWS Batch': (shard) => ({
    AWS_BATCH_JOB_ARRAY_INDEX: String(shard),
    AWS_BATCH_JOB_ARRAY_SIZE: String(SHARDS),
    AWS_BATCH_JOB_ATTEMPT: '1',
  }),
  Kubernetes: (shard) => ({ JOB_COMPLETION_INDEX: String(shard), HOSTNAME: `job-${shard}` }),
  Slurm: (shard) => ({
    SLURM_ARRAY_TASK_ID: String(shard),
    SLURM_ARRAY_TASK_COUNT: String(SHARDS),
    SLURM_ARRAY_TASK_MIN: '0',
    SLURM_ARRAY_TASK_MAX: String(SHARDS - 1),
    SLURM_ARRAY_TASK_STEP: '1',
  }),
}

const ALL_KINDS = ['--write-missing', '--write-differing', '--delete-extra', '--dry-run']

async function planShards(t: Test, run: readonly string[], shared: string): Promise<void> {
  const { code, stderr } = await runCli([
    ...['shard-plan', ...run, '--shards', String(SHARDS), '--out', shared],
  ])
  t.equal(code, 0, stderr)
}

const SCHEDULERS = casesToPlay(3, 1, 'TABLESYNC_TEST_SCHEDULERS')

t.test(`eight shards find what one run finds, under ${SCHEDULERS} of 3 schedulers`, async (t) => {
  const { endpoint, stop } = await startDynalite()
  t.teardown(stop)
  const [master, replica] = [await makeTable(endpoint), await makeTable(endpoint)]
  const all = Array.from({ length: 600 }, (_, at) => item(at) as Item)
  await master.put(all)
  await replica.put([
    ...all.filter((_, at) => at % 25 !== 3),
    ...all.filter((_, at) => at % 30 === 4).map((one): Item => ({ ...one, n: { N: '-1' } })),
    ...Array.from({ length: 20 }, (_, at) => item(10_000 + at) as Item),
  ])
  const folder = await tempFolder(t)
  const run = [...tableFlags(master, replica), ...ALL_KINDS, '--min-mismatch-age', '0']
  const one = await resultOf([...run, '--segments', '64'], folder, 'one')
  t.equal(one.code, 1, one.stderr)
  t.equal(one.report.length, 24 + 20 + 20)
  const played = Object.entries(ENVIRONMENTS).slice(-SCHEDULERS)
  for (const [name, envOf] of played) {
    const shared = join(folder, name.replace(' ', '-'))
    await planShards(t, run, shared)
    for (const done of await doShards(shared, SHARDS, envOf)) t.equal(done.code, 0, done.stderr)
    const merged = await resultOf(['merge', shared], folder, `merged-${name}`)
    t.equal(merged.code, one.code, merged.stderr)
    t.strictSame(totalsOf(merged.summary), totalsOf(one.summary), `${name}: totals`)
    t.strictSame(merged.report, one.report, `${name}: report`)
    t.strictSame(merged.plan, one.plan, `${name}: plan`)
    t.strictSame(merged.page, one.page, `${name}: page`)
    t.strictSame(merged.summary.shards, { count: SHARDS, uncommittedWrites: 0 })
    const again = await runCli(['shard', shared], envOf(3))
    t.equal(again.code, 0)
    t.match(again.stderr, /shard {3}3 of 8 is complete: another attempt has committed it/)
  }
})

t.test(
  'eight shards find the same beyond what may be read again',
  { skip: skipLong },
  async (t) => {
    // A thousand keys in a row are read again by each process: each shard has more.
    const items = Array.from({ length: 12_800 }, (_, at) => item(at))
    const replicaItems = items.filter((_, at) => at % 100 === 0)
    const scene = await openScene(t, { masterItems: items, replicaItems })
    const folder = await tempFolder(t)
    const placed = ({ label, stub }: typeof scene.master) => ({ label, endpoint: stub.endpoint })
    const tables = tableFlags(placed(scene.master), placed(scene.replica))
    const run = [...tables, ...ALL_KINDS, '--min-mismatch-age', '0']
    const one = await resultOf([...run, '--segments', '64'], folder, 'one')
    const shared = join(folder, 'shared')
    await planShards(t, run, shared)
    const env = (shard: number) => ({ JOB_COMPLETION_INDEX: String(shard) })
    for (const done of await doShards(shared, SHARDS, env)) t.equal(done.code, 0, done.stderr)
    const merged = await resultOf(['merge', shared], folder, 'merged')
    t.equal(merged.code, 1, merged.stderr)
    const label = scene.replica.label
    for (const { summary } of [one, merged]) {
      t.ok((summary.replicas[label]?.unconfirmed ?? 0) > 0, 'some were counted from the scan')
    }
    // What is counted from the scan is not sized: the repair's bill is the one thing that differs.
    const unsized = ({ summary }: MergedRun) => {
      const { replicas, ...totals } = totalsOf(summary)
      const { repair: _, ...others } = replicas[label] as Partial<ReplicaSummary>
      return { ...totals, others }
    }
    t.strictSame(unsized(merged), unsized(one))
    t.strictSame(keysIn(merged.report), keysIn(one.report))
    t.strictSame(keysIn(merged.plan), keysIn(one.plan))
  },
)

const keysIn = (lines: readonly string[] = []) =>
  lines
    .map((text) => JSON.parse(text) as Difference)
    .map(({ kind, key, action }) => JSON.stringify([kind, key, action]))
    .sort()

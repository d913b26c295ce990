/** A run of shards on a real Slurm: an array of tasks, and a merge that depends on it. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CLI, runCli, tempFolder } from '../support/command/run-cli.ts'
import { item } from '../support/scene.ts'
import { linesOf, resultOf, tableFlags, totalsOf } from '../support/shard-run.ts'
import { slurmMissing, startSlurm } from '../support/slurm/slurm.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'

const SHARDS = 8

t.test(
  'an array of eight tasks finds what one run finds',
  { skip: slurmMissing() ?? false },
  async (t) => {
    const { endpoint, stop } = await startDynalite()
    t.teardown(stop)
    const [master, replica] = [await makeTable(endpoint), await makeTable(endpoint)]
    const all = Array.from({ length: 400 }, (_, at) => item(at) as Item)
    await master.put(all)
    await replica.put(all.filter((_, at) => at % 20 !== 3))
    const folder = await tempFolder(t)
    const slurm = await startSlurm(folder)
    t.teardown(() => slurm.stop())
    const run = [...tableFlags(master, replica), '--write-missing', '--dry-run']
    const one = await resultOf([...run, '--segments', '64'], folder, 'one')
    const shared = join(folder, 'shared')
    const plan = await runCli(['shard-plan', ...run, '--shards', String(SHARDS), '--out', shared])
    t.equal(plan.code, 0, plan.stderr)
    await mkdir(join(folder, 'out'))
    const script = async (name: string, args: string) => {
      const file = join(folder, name)
      await writeFile(file, `#!/bin/bash\nexec '${process.execPath}' '${CLI}' ${args}\n`)
      return file
    }
    const shard = await script('shard.sh', `shard '${shared}'`)
    const [report, document] = [join(folder, 'report'), join(folder, 'document')]
    const merge = await script(
      'merge.sh',
      `merge '${shared}' --report '${report}' --json > '${document}'`,
    )

    const array = await slurm.submit([`--array=0-${SHARDS - 1}`, shard])
    const after = await slurm.submit([`--dependency=afterok:${array}`, merge])
    const tasks = await slurm.ended(array)
    t.strictSame(
      tasks.map(({ task, exitCode }) => [task, exitCode]),
      [...Array(SHARDS).keys()].map((task) => [task, 0]),
    )
    const [merged] = await slurm.ended(after)
    t.equal(merged?.exitCode, 1, 'differences remain')
    t.strictSame(await linesOf(report), one.report)
    const again = await resultOf(['merge', shared], folder, 'again')
    t.strictSame(totalsOf(again.summary), totalsOf(one.summary))

    // One shard again is an array of one task, whose count is 1.
    const [alone] = await slurm.ended(await slurm.submit(['--array=2', shard]))
    t.strictSame([alone?.task, alone?.exitCode], [2, 0], 'it was complete already')
    const [few] = await slurm.ended(await slurm.submit(['--array=0-3', shard]))
    t.equal(few?.exitCode, 2, 'half of the tasks are refused')
    const [outside] = await slurm.ended(await slurm.submit(['--array=9', shard]))
    t.equal(outside?.exitCode, 2, 'there is no such shard')
    const fromOne = await slurm.ended(await slurm.submit(['--array=1-8', shard]))
    t.ok(
      fromOne.every(({ exitCode }) => exitCode === 2),
      'tasks are numbered from 0',
    )
  },
)

/** Slurm's scripts are sound, and submit steps that follow each other. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { tempFolder } from '../../support/command/run-cli.ts'
import { t } from '../../support/tap.ts'
import { AT_ONCE, DIR, flagValue, folder, SHARDS, textOf } from './job-files.ts'
import { runSlurm, standIn, withPath } from './slurm-run.ts'

const SCRIPTS = ['slurm-shards.sh', 'slurm-submit.sh']
const hasShellcheck = spawnSync('shellcheck', ['--version']).error === undefined

for (const script of SCRIPTS) {
  t.test(`bash reads ${script}`, async (t) => {
    const { status, stderr } = spawnSync('bash', ['-n', join(folder, script)])
    t.equal(String(stderr), '')
    t.equal(status, 0)
  })

  const skip = hasShellcheck ? false : 'shellcheck is not installed'
  t.test(`shellcheck accepts ${script}`, { skip }, async (t) => {
    const { status, stdout } = spawnSync('shellcheck', [join(folder, script)])
    t.equal(String(stdout), '')
    t.equal(status, 0)
  })
}

t.test('the plan, the shards and the merge follow each other', async (t) => {
  const { stdout, calls, shard, home, bash } = await runSlurm(t)
  t.match(stdout, 'plan 100, shards 101, merge 102')
  const [plan = [], shards = [], merge = []] = calls
  for (const call of calls) {
    t.ok(call.includes('--parsable'))
    // Or the merge would wait for ever once a shard has failed.
    t.ok(call.includes('--kill-on-invalid-dep=yes'))
  }
  t.notOk(plan.some((word) => word.startsWith('--dependency')))
  t.ok(shards.includes('--dependency=afterok:100'))
  t.ok(merge.includes('--dependency=afterok:101'))
  const array = `--array=0-${SHARDS - 1}%${AT_ONCE}`
  t.ok(shards.includes(array))
  // It says the same for those who submit it alone.
  t.ok(textOf('slurm-shards.sh').includes(`#SBATCH ${array}\n`))
  t.same(shard, ['shard', `${home}/scratch/orders`, '--shard-index', '7'])
  // What it prints for a merge by hand runs the same command.
  bash(stdout.split('\n').at(-1) ?? '')
  t.equal(bash('tail -n 1 calls.3'), flagValue(merge, '--wrap'))
})

t.test('tablesync takes the place of the shell, so that signals reach it', async (t) => {
  const place = await tempFolder(t)
  standIn(place, 'tablesync', 'echo $$')
  const script = join(folder, 'slurm-shards.sh')
  const env = { ...withPath(place), SLURM_ARRAY_TASK_ID: '0' }
  const { pid, stdout } = spawnSync('bash', [script, DIR], { env })
  t.equal(String(stdout).trim(), `${pid}`)
  // Half of the minute is for saving the checkpoint.
  t.match(textOf('slurm-shards.sh'), /^#SBATCH --signal=B:TERM@60$/m)
  t.not(spawnSync('bash', [script], { env }).status, 0, 'without a folder')
})

t.test('the directives come before the first command', async (t) => {
  const lines = textOf('slurm-shards.sh').split('\n')
  t.equal(lines[0], '#!/bin/bash')
  const first = lines.findIndex((line) => line !== '' && !line.startsWith('#'))
  t.notOk(lines.slice(first).some((line) => line.startsWith('#SBATCH')))
})

/** The scripts for Slurm, run with programs that stand in for `sbatch` and `tablesync`. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempFolder } from '../../support/command/run-cli.ts'
import type { Test } from '../../support/tap.ts'
import { flagValue, folder } from './job-files.ts'

/** Keeps its arguments, one in a line, and answers as in a federation. */
const SBATCH = `n=$(ls calls.* 2>/dev/null | wc -l)
printf '%s\\n' "$@" > "calls.$n"
echo "$((100 + n));cluster"`

const TABLESYNC = `printf '%s\\n' "$@"`

export interface SlurmRun {
  readonly stdout: string
  /** The arguments of `sbatch` for the plan, the shards and the merge. */
  readonly calls: readonly (readonly string[])[]
  /** What the jobs run. */
  readonly plan: readonly string[]
  readonly shard: readonly string[]
  readonly merge: readonly string[]
  readonly home: string
  /** Runs a line in bash, among the programs that stand in. */
  readonly bash: (line: string) => string
}

export async function runSlurm(t: Test): Promise<SlurmRun> {
  const place = await tempFolder(t)
  standIn(place, 'sbatch', SBATCH)
  standIn(place, 'tablesync', TABLESYNC)
  const home = "/home/o'brien x"
  const options = { cwd: place, env: { ...withPath(place), HOME: home, SLURM_ARRAY_TASK_ID: '7' } }
  const run = (...[command = '', ...args]: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, options)
    t.equal(status, 0, `${command} ${args.join(' ')}\n${stderr}`)
    return String(stdout).trimEnd()
  }
  const stdout = run('bash', join(folder, 'slurm-submit.sh'))
  const calls = [0, 1, 2].map((n) => linesOf(readFileSync(join(place, `calls.${n}`), 'utf8')))
  const [plan = [], shards = [], merge = []] = calls
  // `sbatch --wrap` hands its line to sh.
  const wrapped = (call: string[]) =>
    linesOf(run('sh', '-c', flagValue(call, '--wrap') ?? 'exit 9'))
  return {
    stdout,
    calls,
    plan: wrapped(plan),
    // The script, and its arguments.
    shard: linesOf(run('bash', ...shards.slice(-2))),
    merge: wrapped(merge),
    home,
    bash: (line) => run('bash', '-c', line),
  }
}

export const withPath = (place: string) => ({
  ...process.env,
  PATH: `${place}:${process.env['PATH']}`,
})

export function standIn(place: string, name: string, body: string): void {
  writeFileSync(join(place, name), `#!/bin/bash\n${body}\n`)
  chmodSync(join(place, name), 0o755)
}

const linesOf = (text: string) => text.trimEnd().split('\n')

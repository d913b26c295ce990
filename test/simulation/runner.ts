/**
 * `node runner.js FIRST COUNT [passes]`: simulates COUNT seeds, of runs until in sync maybe, and
 * prints the totals as a line of JSON.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Simulated, simulate } from './simulate.ts'
import { simulatePasses } from './simulate-passes.ts'

const [first = 1, count = 1] = process.argv.slice(2, 4).map(Number)
const play = process.argv[4] === 'passes' ? simulatePasses : simulate
const print = process.stdout.write.bind(process.stdout)
// The SDK reads its configuration from real files, late: no later run has to wait for that.
await simulate(0).catch(() => {})
await sleep(300)

const runs: Simulated[] = []
const failures: { readonly seed: number; readonly message: string }[] = []
for (let seed = first; seed < first + count; seed++) {
  try {
    runs.push(await play(seed))
  } catch (error) {
    failures.push({
      seed,
      message: count === 1 ? String((error as Error).stack) : (error as Error).message,
    })
  }
}
if (count === 1) print(`${JSON.stringify(runs[0])}\n`)
const sum = (of: (run: Simulated) => number) => runs.reduce((total, run) => total + of(run), 0)
print(
  `${JSON.stringify({
    runs: runs.length,
    failures,
    whole: runs.filter(({ outcome }) => outcome === 'in-sync' || outcome === 'different').length,
    inSync: runs.filter(({ outcome }) => outcome === 'in-sync').length,
    stopped: runs.filter(({ outcome }) => outcome === 'stopped').length,
    crashes: sum(({ crashes }) => crashes),
    deaths: sum(({ deaths }) => deaths),
    requests: sum(({ requests }) => requests),
    readAgain: sum(({ readAgain }) => readAgain),
    virtualSeconds: sum(({ virtualSeconds }) => virtualSeconds),
  })}\n`,
)
process.exit(failures.length === 0 ? 0 : 1)

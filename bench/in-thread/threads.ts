/**
 * What a second thread gains and what a further table costs, with pages that the threads make
 * themselves: no server shares the cores.
 *
 * `npm run bench -- threads [items] [repetitions] [--json]`
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { copyEngine } from '../engine-copy.ts'

const CASES = [
  { name: '1 worker, 2 tables', workers: 1, replicas: 1 },
  { name: '2 workers, 2 tables', workers: 2, replicas: 1 },
  { name: '2 workers, 3 tables', workers: 2, replicas: 2 },
] as const

const args = process.argv.slice(2)
const [items = 10_000_000, repetitions = 3] = args.filter((arg) => /^\d+$/.test(arg)).map(Number)

await copyEngine('in-thread', ['lib', 'workers'], {
  '@smithy/node-http-handler': 'bench/in-thread/own-handler.js',
  'lib/http/connection-pool.js': 'bench/in-thread/own-connections.js',
})
interface Measured {
  readonly items: number
  readonly wallMs: number
  readonly cpuMs: number
}

const measured = new Map<string, Measured[]>()
for (let round = 0; round < repetitions; round++) {
  for (const { name, workers, replicas } of CASES) {
    const run = fileURLToPath(new URL('run-in-threads.js', import.meta.url))
    const asked = [run, String(items), String(workers), String(replicas)]
    const { stdout } = await promisify(execFile)(process.execPath, asked)
    measured.set(name, [...(measured.get(name) ?? []), JSON.parse(stdout) as Measured])
  }
}
const rows = CASES.map(({ name, replicas }) => {
  const runs = measured.get(name) ?? []
  const middle = (figure: keyof Measured) =>
    runs.map((run) => run[figure]).sort((a, b) => a - b)[Math.floor(runs.length / 2)] ?? Number.NaN
  return {
    name,
    'items/s of each table': Math.round((middle('items') / middle('wallMs')) * 1000),
    'CPU ms': middle('cpuMs'),
    'CPU ns per item read': Math.round((middle('cpuMs') * 1e6) / middle('items') / (1 + replicas)),
  }
})
if (args.includes('--json')) for (const row of rows) console.log(JSON.stringify(row))
else console.table(rows)

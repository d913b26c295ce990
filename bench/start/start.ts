/**
 * The start benchmark: what the bundled command takes for tables so small that starting is nearly
 * all of it. Beside it: Node.js that does nothing, and the floor, which reads the same pages.
 *
 * `npm run bench -- start [repetitions] [--seed N] [--tls] [--json]`
 */
import { randomInt } from 'node:crypto'
import { AT_EXIT, runCommand } from '../contestants/command.ts'
import { type Measured, measure, run } from '../contestants/measure.ts'
import { readArguments } from '../figures/arguments.ts'
import { machine } from '../figures/machine.ts'
import { median, shown, spread } from '../figures/middle.ts'
import { printTable } from '../figures/print-table.ts'
import { startServer } from '../server/start-server.ts'
import type { GeneratedTable } from '../tables/generated-table.ts'
import { tableName } from '../tables/table-name.ts'

const ITEMS = 1_000
const BYTES = 300

const asked = readArguments()
const { isJson, isTls } = asked
const [repetitions = 7] = asked.numbers
const seed = Number(asked.seed ?? randomInt(1_000_000))
const server = await startServer({ isTls })

const named = (fields: Partial<GeneratedTable> = {}) =>
  tableName({ variant: 'base', items: ITEMS, bytes: BYTES, seed, ...fields })
const COPY = named({ variant: 'copy' })
const DRIFTED = named({ variant: 'drift', perMillion: 3_333 })

/** `expected`: its exit code. */
async function command(words: readonly string[], expected = 0): Promise<Measured> {
  return (await runCommand(words, { codes: [expected], caFile: server.caFile })).measured
}

const compare = (replica: string, flags: readonly string[], expected: number) => {
  const tables = ['-m', `local:${named()}`, '-r', `local:${replica}`]
  return command([...tables, '--endpoint', server.endpoint, '--quiet', ...flags], expected)
}

const nothing = async () =>
  (await run('node', ['--import', AT_EXIT, '-e', '0'], undefined)).measured

const CASES: Readonly<Record<string, () => Promise<Measured>>> = {
  'node, nothing': nothing,
  floor: () => measure('floor', { ...server, master: named(), replica: COPY }),
  '--version': () => command(['--version']),
  '1,000 items, healthy': () => compare(COPY, [], 0),
  '1,000 items, 1 in 100 drifted': () => compare(DRIFTED, [], 1),
  'the same, --quiesced': () => compare(DRIFTED, ['--quiesced'], 1),
}

const runs = new Map<string, Measured[]>()
for (let round = 0; round < repetitions; round++) {
  for (const [name, once] of Object.entries(CASES)) {
    runs.set(name, [...(runs.get(name) ?? []), await once()])
  }
}
await server.stop()

const rows = [...runs].map(([name, own]) => {
  const of = (figure: 'cpuMs' | 'wallMs' | 'peakMB') => own.map((each) => each[figure])
  return {
    name,
    'CPU ms': shown(median(of('cpuMs')), 0),
    '± ms': shown(spread(of('cpuMs')), 0),
    'wall ms': shown(median(of('wallMs')), 0),
    'peak MB': shown(median(of('peakMB')), 0),
  }
})
const measuredOn = { ...machine(), repetitions, seed, isTls }
console.log(isJson ? JSON.stringify(measuredOn) : measuredOn)
printTable(rows, isJson)

/**
 * The repair benchmark: what writing takes, beside single requests that write the same items, beside
 * reading each key twice, and beside a script of the AWS SDK.
 *
 * `npm run bench -- repair [items] [repetitions] [--only NAME,…] [--seed N] [--tls] [--json]`
 */
import { randomInt } from 'node:crypto'
import { measure } from '../contestants/measure.ts'
import { readArguments } from '../figures/arguments.ts'
import { machine } from '../figures/machine.ts'
import { printTable } from '../figures/print-table.ts'
import { startServer } from '../server/start-server.ts'
import { differencesOf } from '../tables/difference-at.ts'
import { tableName } from '../tables/table-name.ts'
import { type WriterRun, writerRows } from './writer-figures.ts'
import { chosenWriters, tablesFor, type Writer } from './writers.ts'

/** What a small repair takes is what most people see. */
const SMALL = [500, 5_000]

const asked = readArguments()
const { isJson, isTls } = asked
const [items = 20_000, repetitions = 3] = asked.numbers
const seed = Number(asked.seed ?? randomInt(1_000_000))
const writers = chosenWriters(asked.only)
const slope = [items, 4 * items] as const
const sizes = [...new Set([...SMALL, ...slope])].sort((a, b) => a - b)

const server = await startServer({ isTls })
let instance = 0
const runs = new Map(writers.map(({ name }) => [name, new Map<number, WriterRun[]>()]))
// Interleaved, so that a machine that slows down affects all alike.
for (let round = 0; round < repetitions; round++) {
  for (const size of sizes) {
    for (const writer of writers) {
      const run = await repaired(writer, size)
      const bySize = runs.get(writer.name) as Map<number, WriterRun[]>
      bySize.set(size, [...(bySize.get(size) ?? []), run])
      console.error(`${round + 1}/${repetitions} ${writer.name}, ${size}: ${run.cpuMs} ms`)
    }
  }
}
await server.stop()

const measuredOn = { ...machine(), items, repetitions, seed, isTls }
console.log(isJson ? JSON.stringify(measuredOn) : measuredOn)
printTable(writerRows(runs, writers, slope), isJson)

async function repaired(writer: Writer, writes: number): Promise<WriterRun> {
  // Writes persist: each run gets tables of its own.
  const { master, replica } = tablesFor(writer, { writes, instance: instance++, seed })
  const before = await server.done()
  const measured = await measure(writer.contestant, {
    ...server,
    master: tableName(master),
    replica: tableName(replica),
    options: writer.options ?? {},
  })
  const { requests } = await server.done()
  const [found] = Object.values(measured.summary?.replicas ?? {})
  const written = found?.written ?? measured.items
  const wanted = writer.repairs === 'copies' ? master.items : differencesOf(replica).differing
  if (written !== wanted) throw new Error(`${writer.name}: wrote ${written} of ${wanted} items`)
  return { ...measured, written, requests: requests - before.requests }
}

/**
 * The memory benchmark: peak memory of tables of N and 10N items, healthy and with one item in 100
 * drifted, how often V8 compacts for that, and how many of the bytes that were read are walked.
 *
 * `npm run bench -- memory [--items N] [--seed N] [--tls] [--json]`
 */
import { randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contestant } from '../contestants/job.ts'
import { measureAndListen } from '../contestants/measure.ts'
import { readArguments } from '../figures/arguments.ts'
import { machine } from '../figures/machine.ts'
import { shown } from '../figures/middle.ts'
import { printTable } from '../figures/print-table.ts'
import { startServer } from '../server/start-server.ts'
import type { GeneratedTable } from '../tables/generated-table.ts'
import { tableName } from '../tables/table-name.ts'
import { copyCountedEngine } from './counted-engine.ts'

const BYTES = 300

/** One item in a hundred, a third of them of each kind. */
const DRIFTED: Partial<GeneratedTable> = { variant: 'drift', perMillion: 3_333 }

const CASES: readonly {
  readonly name: string
  readonly contestant: Contestant
  readonly replica: Partial<GeneratedTable>
}[] = [
  { name: 'floor', contestant: 'floor', replica: { variant: 'copy' } },
  { name: 'healthy', contestant: 'tablesync', replica: { variant: 'copy' } },
  { name: '1 in 100', contestant: 'tablesync', replica: DRIFTED },
]

const asked = readArguments()
const { isJson, isTls } = asked
const items = Number(asked.items ?? 1_000_000)
const seed = Number(asked.seed ?? randomInt(1_000_000))

await copyCountedEngine()
const folder = await mkdtemp(join(tmpdir(), 'tablesync-bench-'))
const server = await startServer({ isTls })
const rows = []
for (const size of [items, 10 * items]) {
  for (const each of CASES) rows.push(await rowOf(each, size))
}
await server.stop()
await rm(folder, { recursive: true })

const measuredOn = { ...machine(), items, seed, isTls }
console.log(isJson ? JSON.stringify(measuredOn) : measuredOn)
printTable(rows, isJson)

async function rowOf({ name, contestant, replica }: (typeof CASES)[number], size: number) {
  const master: GeneratedTable = { variant: 'base', items: size, bytes: BYTES, seed }
  const measuring = {
    ...server,
    master: tableName(master),
    replica: tableName({ ...master, ...replica }),
  }
  const before = await server.done()
  // The trace is of all threads: flags of V8 hold for the whole process.
  const traced = await measureAndListen(contestant, { ...measuring, nodeFlags: ['--trace-gc'] })
  const { scans } = await server.done()
  const { peakMB, cpuMs } = traced.measured
  const compactions = traced.printed.match(/: Mark-Compact/g)?.length ?? 0
  const pages = scans - before.scans
  console.error(`${size} ${name}: ${peakMB} MB`)
  return {
    name: `${name}, ${size}`,
    'peak MB': peakMB,
    pages,
    'mark-compacts': compactions,
    'per 1,000 pages': shown((compactions / pages) * 1000, 1),
    'CPU ms': cpuMs,
    'walked / read': contestant === 'floor' ? '' : shown(await walkedShare(name, measuring), 3),
  }
}

/** In a run of its own, since counting takes time and memory. */
async function walkedShare(
  name: string,
  measuring: Parameters<typeof measureAndListen>[1],
): Promise<number> {
  const before = await server.done()
  const file = join(folder, `${name} ${measuring.master}`)
  await writeFile(file, '')
  process.env['TABLESYNC_BENCH_WALKED'] = file
  const { measured } = await measureAndListen('counted', measuring)
  const { bytes } = await server.done()
  return measured.items / (bytes - before.bytes)
}

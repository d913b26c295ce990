/**
 * What runs cost: read and write units, by options and by how much the tables differ, next to the
 * cost of looking up every key. The server of generated tables bills the units by the service's
 * rules.
 *
 * `npm run bench -- cost [items] [--json]`
 */
import { type RunOptions, runSync } from 'tablesync'
import { startServer } from './server/start-server.ts'
import type { Variant } from './tables/generated-table.ts'
import { tableName } from './tables/table-name.ts'

const BYTES = 300
const MILLION = 1_000_000

const WRITES = { writeMissing: true, writeDiffering: true, deleteExtra: true, maxDeletes: '100%' }

/** Each adds a guarantee to the one before it. */
const RUNS: readonly { readonly name: string; readonly options: Partial<RunOptions> }[] = [
  { name: 'look, --quiesced', options: { quiesced: true } },
  { name: 'look', options: {} },
  { name: 'repair, --quiesced', options: { ...WRITES, quiesced: true } },
  { name: 'repair', options: WRITES },
]

const TABLES: readonly { readonly name: string; readonly variant: Variant }[] = [
  { name: 'healthy', variant: 'copy' },
  { name: '1 % drift', variant: 'drift1' },
  { name: '50 % drift', variant: 'drift50' },
  { name: 'empty replica', variant: 'empty' },
]

interface Row {
  readonly table: string
  readonly run: string
  readonly readsPerMillion: number
  readonly writesPerMillion: number
}

const args = process.argv.slice(2)
const [items = 50_000] = args.filter((arg) => /^\d+$/.test(arg)).map(Number)
const rows: Row[] = []
for (const { name, variant } of TABLES) {
  for (const run of RUNS) {
    // A new server for each run: repairs would carry over to the next.
    const server = await startServer()
    const named = (of: Variant) => `local:${tableName({ variant: of, items, bytes: BYTES })}`
    const { master, replicas } = await runSync({
      endpoint: server.endpoint,
      master: named('base'),
      replicas: [named(variant)],
      minMismatchAge: 0,
      ...run.options,
    })
    await server.stop()
    const [replica] = Object.values(replicas)
    rows.push({
      table: name,
      run: run.name,
      readsPerMillion: perMillion(master.readUnits + (replica?.readUnits ?? 0)),
      writesPerMillion: perMillion(replica?.writeUnits ?? 0),
    })
  }
  rows.push(byKey(name, variant))
}

if (args.includes('--json')) for (const row of rows) console.log(JSON.stringify(row))
else {
  console.log(`per million items of ${BYTES} bytes, measured on ${items}`)
  console.table(rows)
}

function perMillion(units: number): number {
  return Math.round((units / items) * MILLION)
}

/**
 * By the billing rules: both tables are scanned, and every key of either is looked up on the other,
 * eventually consistent, for at least half a unit. Each difference is written once.
 */
function byKey(table: string, variant: Variant): Row {
  const found = { copy: [1, 0], drift1: [1, 0.01], drift50: [0.9, 0.5], empty: [0, 1] }
  const [onReplica = 0, differences = 0] = found[variant as keyof typeof found]
  const scanned = (BYTES * 0.65) / 8192
  return {
    table,
    run: 'every key looked up, both ways',
    readsPerMillion: Math.round(MILLION * (1 + onReplica) * (scanned + 0.5)),
    writesPerMillion: Math.round(MILLION * differences),
  }
}

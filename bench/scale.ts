/**
 * The scale benchmark: healthy tables of growing size, with growing numbers of workers. CPU per
 * pair and peak memory should stay flat.
 *
 * `npm run bench -- scale [most items] [--json]`
 */
import { tableName } from './generated-table.ts'
import { measure, startServer } from './processes.ts'

const WORKERS = [1, 2, 4]
const SMALLEST = 100_000

const args = process.argv.slice(2)
const [most = 1_000_000] = args.filter((arg) => /^\d+$/.test(arg)).map(Number)

const server = await startServer()
const rows: object[] = []
for (let items = Math.min(SMALLEST, most); items <= most; items *= 10) {
  for (const workers of WORKERS) {
    const name = (variant: 'base' | 'copy') => tableName({ variant, items, bytes: 300 })
    const { cpuMs, wallMs, peakMB } = await measure(
      'tablesync',
      server.endpoint,
      name('base'),
      name('copy'),
      { workers },
    )
    rows.push({
      items,
      workers,
      'µs/pair': Number(((cpuMs * 1000) / items).toFixed(2)),
      'items/s': Math.round((items / wallMs) * 1000),
      'CPU ms': cpuMs,
      'wall ms': wallMs,
      'peak MB': peakMB,
    })
  }
}
await server.stop()
if (args.includes('--json')) for (const row of rows) console.log(JSON.stringify(row))
else console.table(rows)

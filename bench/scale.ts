/**
 * The scale benchmark: healthy tables of growing size, with growing numbers of workers. CPU per
 * pair and peak memory should stay flat.
 *
 * `npm run bench -- scale [most items] [--tls] [--json]`
 */
import { measure } from './contestants/measure.ts'
import { readArguments } from './figures/arguments.ts'
import { startServer } from './server/start-server.ts'
import { tableName } from './tables/table-name.ts'

const WORKERS = [1, 2, 4]
const SMALLEST = 100_000

const { numbers, isTls, isJson } = readArguments()
const [most = 1_000_000] = numbers

const server = await startServer({ isTls })
const rows: object[] = []
for (let items = Math.min(SMALLEST, most); items <= most; items *= 10) {
  for (const workers of WORKERS) {
    const name = (variant: 'base' | 'copy') => tableName({ variant, items, bytes: 300 })
    const { cpuMs, wallMs, peakMB } = await measure('tablesync', {
      ...server,
      master: name('base'),
      replica: name('copy'),
      options: { minMismatchAge: 0, workers },
    })
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
if (isJson) for (const row of rows) console.log(JSON.stringify(row))
else console.table(rows)

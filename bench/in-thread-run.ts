/** `node in-thread-run.js ITEMS WORKERS REPLICAS`: one run of the engine that has its pages in its threads. */
import { tableName } from './generated-table.ts'

const [items = 0, workers = 1, replicas = 1] = process.argv.slice(2).map(Number)
const engine = new URL('../in-thread/lib/index.js', import.meta.url).href
const { runSync } = (await import(engine)) as typeof import('../lib/index.ts')
const named = (bytes: number) => `local:${tableName({ variant: 'base', items, bytes })}`
const began = performance.now()
const summary = await runSync({
  endpoint: 'http://127.0.0.1:1',
  // Other tables by their names alone.
  master: named(300),
  replicas: Array.from({ length: replicas }, (_, at) => named(301 + at)),
  workers,
  segments: 64,
})
const { user, system } = process.cpuUsage()
console.log(
  JSON.stringify({
    items: summary.master.scanned,
    outcome: summary.outcome,
    wallMs: Math.round(performance.now() - began),
    cpuMs: Math.round((user + system) / 1000),
  }),
)

/** `node run-in-threads.js ITEMS WORKERS REPLICAS`: one run whose threads make their own pages. */
import { asProperty } from '../../lib/options/option.ts'
import { threadFilesIn } from '../../lib/run/threads/thread-files.ts'
import { tableName } from '../tables/table-name.ts'

const [items = 0, workers = 1, replicas = 1] = process.argv.slice(2).map(Number)
const engine = new URL('../../in-thread/', import.meta.url)
const { sync } = (await import(
  new URL('lib/commands/sync.js', engine).href
)) as typeof import('../../lib/commands/sync.ts')
const caller = {
  spelling: asProperty,
  threads: threadFilesIn(new URL('workers/', engine)),
  packageFile: new URL('../../package.json', engine),
}
const named = (bytes: number) => `local:${tableName({ variant: 'base', items, bytes })}`
const began = performance.now()
const options = {
  endpoint: 'http://127.0.0.1:1',
  // The replicas differ from the master in their names alone.
  master: named(300),
  replicas: Array.from({ length: replicas }, (_, at) => named(301 + at)),
  workers,
  segments: 64,
}
const summary = await sync(options, caller)
const { user, system } = process.cpuUsage()
console.log(
  JSON.stringify({
    items: summary.master.scanned,
    outcome: summary.outcome,
    wallMs: Math.round(performance.now() - began),
    cpuMs: Math.round((user + system) / 1000),
  }),
)

/**
 * Whole runs against DynamoDB Local: seeds two tables, then compares and repairs them. In the same
 * run it measures how long the emulator takes to serve the two scans to a reader that throws them
 * away. Needs Java.
 *
 * `npm run bench -- dynamodb-local [items] [--bytes N] [--drift PERCENT]
 *   [--strategy march|lookup|auto] [--workers N] [--json]`
 */
import { cpus, loadavg } from 'node:os'
import cac from 'cac'
import { noJava, startDynamoDBLocal } from '../test/support/tables/dynamodb-local.ts'
import { makeTable } from '../test/support/tables/tables.ts'
import { type Measured, measure } from './contestants/measure.ts'
import { itemsAt } from './tables/items-at.ts'

const MEBIBYTE = 1 << 20
const MILLION = 1_000_000

const { args, options } = cac('dynamodb-local').parse(['', '', ...process.argv.slice(2)])
const items = Number(args[0] ?? 100_000)
const { bytes = 300, drift = 0, strategy = 'auto', workers, json } = options

if (noJava) {
  console.error(noJava)
  process.exit(2)
}
const local = await startDynamoDBLocal()
const [master, replica] = [await makeTable(local.endpoint), await makeTable(local.endpoint)]
console.error(
  `Seeding two tables of ${items} items of ${bytes} bytes, ${drift} % of them drifted …`,
)
await master.put(rows(0))
await replica.put(rows(drift / 100))

const asked = { strategy, scanForExtra: true, ...(workers !== undefined && { workers }) }
const WRITES = { writeMissing: true, writeDiffering: true, deleteExtra: true, maxDeletes: '100%' }
const run = (contestant: 'floor' | 'tablesync', more: object = {}) =>
  measure(contestant, {
    endpoint: local.endpoint,
    master: master.name,
    replica: replica.name,
    options: {
      minMismatchAge: 0,
      ...asked,
      master: `us-east-1:${master.name}`,
      replicas: [`us-east-1:${replica.name}`],
      ...more,
    },
  })

// A warm-up, so that the first measured run does not meet a cold emulator.
await run('floor')
const results: (readonly [string, Measured])[] = []
for (const round of [1, 2, 3]) {
  results.push([`scans served, nothing done ${round}`, await run('floor')])
  results.push([`compared ${round}`, await run('tablesync')])
}
if (drift > 0) {
  results.push(['repaired', await run('tablesync', WRITES)])
  results.push(['compared again', await run('tablesync')])
}
await local.stop()

const table = results.map(([what, { cpuMs, wallMs, peakMB, summary }]) => {
  const counts = Object.values(summary?.replicas ?? {})[0]
  const readUnits = (summary?.master.readUnits ?? 0) + (counts?.readUnits ?? 0)
  return {
    what,
    'wall ms': wallMs,
    'items/s': Math.round((items / wallMs) * 1000),
    'MB/s': Number(((2 * items * bytes) / MEBIBYTE / (wallMs / 1000)).toFixed(1)),
    'CPU µs/pair': Number(((cpuMs * 1000) / items).toFixed(2)),
    'peak MB': peakMB,
    ...(counts && {
      differences: counts.missing + counts.differing + (counts.extra ?? 0),
      'read units per million': Math.round((readUnits / items) * MILLION),
      'write units per million': Math.round((counts.writeUnits / items) * MILLION),
    }),
  }
})
const machine = {
  node: process.version,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  load: loadavg()[0],
  ...{ items, bytes, drift, strategy },
}
if (json) for (const row of [machine, ...table]) console.log(JSON.stringify(row))
else {
  console.log(machine)
  console.table(table)
}

/** Some of them missing, differing or extra, in equal parts. */
function* rows(drifted: number) {
  const base = { variant: 'base', items, bytes } as const
  const changed = { ...base, variant: 'changed' } as const
  const every = drifted === 0 ? Number.POSITIVE_INFINITY : Math.round(3 / drifted)
  for (let at = 0; at < items; at++) {
    const place = at % every
    if (place === 1) continue
    for (const { text } of itemsAt(place === 2 ? changed : base, at)) yield JSON.parse(text)
    if (place === 3)
      for (const { text } of itemsAt({ ...base, variant: 'disjoint' }, at)) yield JSON.parse(text)
  }
}

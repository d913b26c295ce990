/**
 * The replay benchmark: tablesync compares generated tables that another process serves. In the
 * same run: the floor (reading the same bytes and nothing else) and ordinary programs that parse.
 *
 * `npm run bench -- replay [items] [repetitions] [--tls] [--json]`
 */
import type { Contestant } from './contestants/job.ts'
import { type Measured, measure } from './contestants/measure.ts'
import { readArguments } from './figures/arguments.ts'
import { machine } from './figures/machine.ts'
import { median as middle, spread } from './figures/middle.ts'
import { startServer } from './server/start-server.ts'
import type { Variant } from './tables/generated-table.ts'
import { tableName } from './tables/table-name.ts'

interface Case {
  readonly name: string
  readonly contestant: Contestant
  readonly replica: Variant
  readonly options?: object
  /** At most this many items. */
  readonly most?: number
}

/** Copying takes one request per item. */
const MOST_COPIED = 200_000

const CASES: readonly Case[] = [
  { name: 'floor: read, throw away', contestant: 'floor', replica: 'copy' },
  { name: 'tablesync, healthy', contestant: 'tablesync', replica: 'copy' },
  {
    name: 'tablesync, 1 worker',
    contestant: 'tablesync',
    replica: 'copy',
    options: { workers: 1 },
  },
  { name: 'tablesync, 3 % drift', contestant: 'tablesync', replica: 'drift3' },
  { name: 'tablesync, a tenth missing', contestant: 'tablesync', replica: 'gap' },
  { name: 'tablesync, reordered', contestant: 'tablesync', replica: 'reordered' },
  { name: 'JSON.parse, compare', contestant: 'json', replica: 'copy' },
  { name: 'SDK-parsed items', contestant: 'sdk', replica: 'copy' },
  {
    name: 'tablesync, copies all',
    contestant: 'tablesync',
    replica: 'empty',
    options: { writeMissing: true },
    most: MOST_COPIED,
  },
  {
    name: 'tablesync, copies all, quiesced',
    contestant: 'tablesync',
    replica: 'empty',
    options: { writeMissing: true, quiesced: true },
    most: MOST_COPIED,
  },
]

const BYTES = 300
const { numbers, isTls, isJson } = readArguments()
const [items = 200_000, repetitions = 3] = numbers

const server = await startServer({ isTls })
interface Run extends Measured {
  readonly requests: number
  /** CPU time of the server, which shares the cores with the contestant. */
  readonly serverMs: number
}

const measured = new Map<Case, Run[]>()
// Interleaved, so that a machine that slows down affects all cases alike.
for (let round = 0; round < repetitions; round++) {
  for (const [index, each] of CASES.entries()) {
    // Writes persist: each copying run gets a table of its own, a byte larger.
    const bytes = BYTES + (each.most === undefined ? 0 : round * CASES.length + index)
    const name = (variant: Variant) => tableName({ variant, items: itemsOf(each), bytes })
    const before = await server.done()
    const once = await measure(each.contestant, {
      ...server,
      master: name('base'),
      replica: name(each.replica),
      options: { minMismatchAge: 0, ...each.options },
    })
    const after = await server.done()
    const run = {
      ...once,
      requests: after.requests - before.requests,
      serverMs: Math.round(after.cpuMs - before.cpuMs),
    }
    measured.set(each, [...(measured.get(each) ?? []), run])
  }
}
await server.stop()

const measuredOn = { ...machine(), items, bytes: BYTES, repetitions, isTls }
const floor = median(measured.get(CASES[0] as Case) ?? [], 'cpuMs')
const rows = [...measured].map(([each, runs]) => ({
  name: each.name,
  items: itemsOf(each),
  cpuMs: median(runs, 'cpuMs'),
  spreadMs: spread(runs.map(({ cpuMs }) => cpuMs)),
  microsecondsPerPair: (median(runs, 'cpuMs') * 1000) / itemsOf(each),
  // A copy takes one request per item, and the floor takes none.
  timesFloor: each.most === undefined ? median(runs, 'cpuMs') / floor : undefined,
  wallMs: median(runs, 'wallMs'),
  peakMB: median(runs, 'peakMB'),
  readUnits: runs[0]?.readUnits,
  requests: runs[0]?.requests,
  serverMs: median(runs, 'serverMs'),
}))

if (isJson) {
  console.log(JSON.stringify(measuredOn))
  for (const row of rows) console.log(JSON.stringify(row))
} else {
  console.log(measuredOn)
  console.table(
    Object.fromEntries(
      rows.map(({ name, ...row }) => [
        name,
        {
          'CPU ms': row.cpuMs,
          '± ms': row.spreadMs,
          'µs/pair': Number(row.microsecondsPerPair.toFixed(2)),
          '× floor': row.timesFloor === undefined ? '' : Number(row.timesFloor.toFixed(2)),
          'wall ms': row.wallMs,
          'peak MB': row.peakMB,
          'read units': row.readUnits ?? '',
          requests: row.requests,
          'server ms': row.serverMs,
        },
      ]),
    ),
  )
}

function itemsOf({ most = items }: Case): number {
  return Math.min(items, most)
}

function median(runs: readonly Run[], figure: 'cpuMs' | 'wallMs' | 'peakMB' | 'serverMs'): number {
  return middle(runs.map((run) => run[figure]))
}

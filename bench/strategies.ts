/**
 * What the strategies cost on tables that differ in various ways: read units of first looks, extras
 * asked for, as the server of generated tables bills them. Rechecks of differences cost the same
 * for all strategies and are left out. Where nothing differs, rechecks are the strategy's own doing
 * and are counted.
 *
 * `npm run bench -- strategies [items] [--json]`
 */
import { type RunOptions, runSync } from 'tablesync'
import { startServer } from './server/start-server.ts'
import type { Variant } from './tables/generated-table.ts'
import { tableName } from './tables/table-name.ts'

const BYTES = 300
const SEGMENTS = 8

const STRATEGIES = ['auto', 'march', 'lookup'] as const

const SCENARIOS: readonly {
  readonly name: string
  readonly master: Variant
  readonly replica: Variant
  readonly isSame?: true
}[] = [
  { name: 'healthy', master: 'base', replica: 'copy', isSame: true },
  { name: 'empty replica', master: 'base', replica: 'empty' },
  { name: 'empty master', master: 'empty', replica: 'base' },
  { name: 'disjoint', master: 'base', replica: 'disjoint' },
  { name: 'half missing, in runs', master: 'base', replica: 'runs' },
  { name: 'half missing, at random', master: 'base', replica: 'half' },
  { name: 'another scan order', master: 'base', replica: 'shuffled', isSame: true },
]

const args = process.argv.slice(2)
const [items = 50_000] = args.filter((arg) => /^\d+$/.test(arg)).map(Number)

/** A hundred pages a segment. */
const pageBytes = Math.ceil((items * BYTES) / SEGMENTS / 100)

const rows: Readonly<Record<string, string | number>>[] = []
for (const scenario of SCENARIOS) {
  const units: { [strategy: string]: number } = {}
  for (const strategy of STRATEGIES) units[strategy] = await unitsOf(strategy, scenario)
  const { auto = 0, march = 0, lookup = 0 } = units
  const ratio = auto / Math.min(march, lookup)
  rows.push({ tables: scenario.name, ...units, 'auto / cheaper': Number(ratio.toFixed(3)) })
}
if (args.includes('--json')) for (const row of rows) console.log(JSON.stringify(row))
else {
  console.log(`read units, ${items} items of ${BYTES} bytes in ${SEGMENTS} segments`)
  console.table(rows)
}

async function unitsOf(
  strategy: RunOptions['strategy'],
  { master, replica, isSame }: (typeof SCENARIOS)[number],
): Promise<number> {
  // A new server for each run: it adds up what it bills.
  const server = await startServer({ pageBytes })
  const named = (variant: Variant) => `local:${tableName({ variant, items, bytes: BYTES })}`
  await runSync({
    endpoint: server.endpoint,
    master: named(master),
    replicas: [named(replica)],
    strategy,
    segments: SEGMENTS,
    scanForExtra: true,
    minMismatchAge: 0,
    allowShrunkenMaster: true,
  } as RunOptions)
  const { scan, lookup, recheck } = await server.done()
  await server.stop()
  return scan + lookup + (isSame ? recheck : 0)
}

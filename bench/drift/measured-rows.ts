/** Measures rows of the drift benchmark, and checks that each run has found what there is. */
import { measureCommand } from '../contestants/command.ts'
import { type Measured, measure } from '../contestants/measure.ts'
import type { Server } from '../server/start-server.ts'
import { differencesOf } from '../tables/difference-at.ts'
import type { GeneratedTable } from '../tables/generated-table.ts'
import { tableName } from '../tables/table-name.ts'
import type { Row } from './rows.ts'

const BYTES = 300

export interface RowRun extends Measured {
  readonly requests: number
  readonly differences: number
  /** Those that were counted from the scan, beyond what a run reads again. */
  readonly unread: number
}

/** Runs of each row, by the number of items. */
export type Runs = ReadonlyMap<Row, ReadonlyMap<number, readonly RowRun[]>>

export interface Series {
  readonly rows: readonly Row[]
  readonly sizes: readonly number[]
  readonly repetitions: number
  readonly seed: number
  /** Whether the library is measured, and not the command. */
  readonly isLibrary: boolean
}

/** Interleaved, so that a machine that slows down affects all rows alike. */
export async function measureRows(
  server: Server,
  { rows, sizes, repetitions, seed, isLibrary }: Series,
): Promise<Runs> {
  const runs = new Map(rows.map((row) => [row, new Map<number, RowRun[]>()]))
  for (let round = 0; round < repetitions; round++) {
    for (const items of sizes) {
      for (const row of rows) {
        const bySize = runs.get(row) as Map<number, RowRun[]>
        const run = await measureRow(server, row, { items, seed, isLibrary })
        bySize.set(items, [...(bySize.get(items) ?? []), run])
        console.error(`${round + 1}/${repetitions} ${items} ${row.name}: ${run.cpuMs} ms`)
      }
    }
  }
  return runs
}

async function measureRow(
  server: Server,
  { name, contestant, both, replica, options }: Row,
  { items, seed, isLibrary }: Pick<Series, 'seed' | 'isLibrary'> & { readonly items: number },
): Promise<RowRun> {
  const base: GeneratedTable = { variant: 'base', items, bytes: BYTES, seed, ...both }
  const other: GeneratedTable = { ...base, ...replica }
  const before = await server.done()
  const measuring = {
    ...server,
    ...{ master: tableName(base), replica: tableName(other), options },
  }
  const isCommand = contestant === 'tablesync' && !isLibrary
  const measured = await (isCommand ? measureCommand(measuring) : measure(contestant, measuring))
  const { requests } = await server.done()
  const [found] = Object.values(measured.summary?.replicas ?? {})
  const there = differencesOf(other)
  if (found !== undefined) {
    for (const kind of ['missing', 'differing', 'extra'] as const) {
      if (found[kind] === there[kind]) continue
      throw new Error(`${name}: found ${found[kind]} ${kind}, and there are ${there[kind]}`)
    }
  }
  return {
    ...measured,
    requests: requests - before.requests,
    differences: found === undefined ? 0 : there.missing + there.differing + there.extra,
    unread: found?.unconfirmed ?? 0,
  }
}

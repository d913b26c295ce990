/** A master and a replica with every kind of difference, small enough to count by hand. */
import type { ReplicaSummary, Summary } from '../../../lib/model/results/summary.ts'
import { type Item, makeTable, type TestTable } from '../tables/tables.ts'

export interface Scene {
  readonly master: TestTable
  readonly replica: TestTable
  /** The arguments that name both tables and their endpoint, with one worker. */
  readonly args: readonly string[]
}

export const item = (id: string, colour: string, stamp = 'of-master'): Item => ({
  id: { S: id },
  colour: { S: colour },
  stamp: { S: stamp },
})

const numbered = (length: number, name: (at: number) => string) =>
  Array.from({ length }, (_, at) => name(at))

const MASTER_IDS = numbered(20, (at) => `item-${at}`)
export const SAME_IDS = MASTER_IDS.slice(0, 15)
export const DIFFERING_IDS = MASTER_IDS.slice(15, 17)
export const MISSING_IDS = MASTER_IDS.slice(17)
export const EXTRA_IDS = numbered(8, (at) => `extra-${at}`)

export const MASTER_ITEMS: readonly Item[] = MASTER_IDS.map((id) => item(id, 'red'))
const SAME = SAME_IDS.map((id) => item(id, 'red'))
const DIFFERING = DIFFERING_IDS.map((id) => item(id, 'blue', 'of-replica'))
const EXTRA = EXTRA_IDS.map((id) => item(id, 'green', 'of-replica'))
const MISSING = MISSING_IDS.map((id) => item(id, 'red'))

/** What the replica holds before and after each kind of repair. */
export const REPLICA_ITEMS = {
  untouched: [...SAME, ...DIFFERING, ...EXTRA],
  withMissing: [...SAME, ...DIFFERING, ...EXTRA, ...MISSING],
  withDiffering: [...SAME, ...DIFFERING_IDS.map((id) => item(id, 'red')), ...EXTRA],
  withoutExtra: [...SAME, ...DIFFERING],
} as const satisfies Record<string, readonly Item[]>

export const COUNTS = { sameAs: 15, missing: 3, differing: 2, extra: 8 } as const

export async function makeScene(endpoint: string): Promise<Scene> {
  const master = await makeTable(endpoint)
  const replica = await makeTable(endpoint)
  await Promise.all([master.put(MASTER_ITEMS), replica.put(REPLICA_ITEMS.untouched)])
  return { master, replica, args: argsOf(master, replica) }
}

/** Two tables with the same items. */
export async function makeTwins(endpoint: string): Promise<Scene> {
  const master = await makeTable(endpoint)
  const replica = await makeTable(endpoint)
  await Promise.all([master.put(MASTER_ITEMS), replica.put(MASTER_ITEMS)])
  return { master, replica, args: argsOf(master, replica) }
}

export function argsOf(master: TestTable, replica: TestTable): readonly string[] {
  const tables = ['--master', master.label, '--replica', replica.label]
  return [...tables, '--endpoint', master.endpoint, '--workers', '1']
}

/** Items in an order that does not depend on the table's. */
export function inOrder(items: readonly Item[]): Item[] {
  const text = (one: Item) => JSON.stringify(one['id'])
  return [...items].sort((a, b) => (text(a) < text(b) ? -1 : 1))
}

export function replicaOf(summary: Summary, table: TestTable): ReplicaSummary {
  const found = summary.replicas[table.label]
  if (found === undefined) throw new Error(`no ${table.label} in ${JSON.stringify(summary)}`)
  return found
}

/**
 * The report as an oracle: what a replica held at first, and what was reported of each difference,
 * determine what it has to hold in the end.
 */
import type { Difference } from 'tablesync'

export interface Foretelling<Item> {
  readonly before: readonly Item[]
  readonly master: readonly Item[]
  /** Those of this replica only, in the order they were reported. */
  readonly differences: readonly Difference[]
  readonly ignore?: readonly string[]
  /** The key of an item as text. */
  readonly keyOf: (item: Item) => string
  readonly keyOfDifference: (key: Difference['key']) => string
}

/** The expected items by key, and the keys of which the report says nothing certain. */
export function foretell<Item extends object>({
  before,
  master,
  differences,
  ignore = [],
  keyOf,
  keyOfDifference,
}: Foretelling<Item>) {
  const masters = new Map(master.map((item) => [keyOf(item), item]))
  const items = new Map(before.map((item) => [keyOf(item), item]))
  const uncertain = new Set<string>()
  const isIgnored = ([name]: [string, unknown]) =>
    ignore.includes(name) || name.startsWith('aws:rep:')
  for (const { key: told, action } of differences) {
    const key = keyOfDifference(told)
    if (action === 'deleted') items.delete(key)
    if (action === 'failed' || action === 'conflict' || action === 'torn') uncertain.add(key)
    if (action !== 'written') continue
    const own = Object.entries(items.get(key) ?? {}).filter(isIgnored)
    const isPut = !items.has(key)
    const wanted = Object.entries(masters.get(key) ?? {}).filter(
      (member) => !member[0].startsWith('aws:rep:') && (isPut || !isIgnored(member)),
    )
    items.set(key, Object.fromEntries([...wanted, ...own]) as Item)
  }
  return { items, uncertain }
}

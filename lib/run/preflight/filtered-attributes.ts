/** Refuses a filter on parts of the key: a Query, which reads an item again, takes none. */
import { usageError } from '../../errors.ts'
import type { ItemFilter } from '../../model/item-filter.ts'
import { describeKey, type KeySchema } from '../../model/tables/table.ts'
import type { Settings } from '../../options/settings.ts'

/** @throws TablesyncError with code `USAGE` */
export function refuseFilteredKeys(
  { filter }: Pick<Settings, 'filter'>,
  keySchema: KeySchema,
): void {
  if (filter === undefined) return
  const used = attributesOf(filter)
  const part = keySchema.find(({ name }) => used.has(name))
  if (part === undefined) return
  throw usageError(
    `Expected the filter to use attributes beside the key, got ${JSON.stringify(part.name)} of the key ${describeKey(keySchema)}`,
    'A Query reads items again, and refuses parts of the key in its filter.',
  )
}

const FUNCTION =
  /^(?:attribute_exists|attribute_not_exists|attribute_type|begins_with|contains|size)$/i
const KEYWORD = /^(?:AND|OR|NOT|IN|BETWEEN)$/i

/** Top-level attributes, by the grammar of the developer guide ("Comparison operator and function reference"). */
export function attributesOf({ expression, names }: ItemFilter): ReadonlySet<string> {
  const words = expression.matchAll(/(\.\s*)?([#:]?\w+)(\s*\()?/g)
  const attributes = new Set<string>()
  for (const [, dot, word = '', bracket] of words) {
    const isOther = word.startsWith(':') || /^\d+$/.test(word) || KEYWORD.test(word)
    const isFunction = bracket !== undefined && FUNCTION.test(word)
    if (dot !== undefined || isOther || isFunction) continue
    attributes.add(word.startsWith('#') ? (names[word] ?? word) : word)
  }
  return attributes
}

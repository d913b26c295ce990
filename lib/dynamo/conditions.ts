/** Condition expressions: "only if the replica still holds what we saw". */
import type { IsIgnored } from '../item/normalise.ts'
import type { KeySchema } from '../model/tables/table.ts'
import type { WireItem, WireValue } from '../model/wire.ts'
import { MAX_COMPARISONS, MAX_EXPRESSION_BYTES, PLACEHOLDER_BYTES, Terms } from './placeholders.ts'

export interface Expression {
  readonly names: Record<string, string>
  readonly values: Record<string, WireValue>
  readonly condition: string
  /** Present: the item has more attributes than a condition can compare. */
  readonly isPartial?: true
}

/** What expressions need to know about a table's items. */
export interface ItemShape {
  readonly schema: KeySchema
  readonly isIgnored: IsIgnored
  /** The attribute that grows with each change of an item. Absent: none is known. */
  readonly version?: string | undefined
}

/** Condition: the item does not exist. */
export function absent(schema: KeySchema): Expression {
  const terms = new Terms()
  const condition = `attribute_not_exists(${terms.name(schema[0].name)})`
  return { names: terms.names, values: terms.values, condition }
}

/**
 * Condition: the item is as `seen`. Compares the version if the item has one, else every attribute
 * that fits into a condition. An attribute that somebody has added since has no value to compare:
 * `mayBeAdded` names likely ones, which then must be absent.
 */
export function unchanged(
  seen: WireItem,
  { schema, version }: ItemShape,
  mayBeAdded: Iterable<string> = [],
): Expression {
  const terms = new Terms()
  const names = Object.keys(seen).filter((name) => !isKey(name, schema))
  if (version !== undefined && Object.hasOwn(seen, version)) {
    return conditioned(terms, { compared: [version], seen, schema })
  }
  const compared = version === undefined ? names : [version, ...names]
  const added = [...mayBeAdded].filter((name) => !isKey(name, schema))
  return conditioned(terms, { compared, seen, schema, mayBeAdded: added })
}

export const isKey = (name: string, schema: KeySchema) => schema.some((key) => key.name === name)

interface Compared {
  /** Attributes that must be as seen; those that matter most come first. */
  readonly compared: readonly string[]
  readonly seen: WireItem
  readonly schema: KeySchema
  /** Attributes that must be absent, as far as there is room for them. */
  readonly mayBeAdded?: readonly string[]
}

/** The item exists, and its attributes are as seen, as far as the service's limits allow. */
export function conditioned(
  terms: Terms,
  { compared, seen, schema, mayBeAdded = [] }: Compared,
): Expression {
  const condition = new Conjunction(`attribute_exists(${terms.name(schema[0].name)})`)
  let isPartial = false
  for (const name of compared) {
    const isAdded = Object.hasOwn(seen, name)
      ? condition.add(EQUAL_BYTES, () => {
          return `${terms.name(name)}=${terms.value(seen[name] as WireValue)}`
        })
      : condition.add(NOT_EXISTS_BYTES, () => `attribute_not_exists(${terms.name(name)})`)
    isPartial ||= !isAdded
  }
  for (const name of mayBeAdded) {
    if (Object.hasOwn(seen, name) || compared.includes(name)) continue
    condition.add(NOT_EXISTS_BYTES, () => `attribute_not_exists(${terms.name(name)})`)
  }
  const { names, values } = terms
  return { names, values, condition: condition.text, ...(isPartial && { isPartial }) }
}

const EQUAL_BYTES = 2 * PLACEHOLDER_BYTES + '='.length
const NOT_EXISTS_BYTES = PLACEHOLDER_BYTES + 'attribute_not_exists()'.length

const AND = ' AND '

/** Comparisons joined by AND, within the limits of one expression. */
class Conjunction {
  text: string
  #comparisons = 1

  constructor(first: string) {
    this.text = first
  }

  /** False: there is no room for the term. */
  add(mostBytes: number, term: () => string): boolean {
    const bytes = this.text.length + AND.length + mostBytes
    if (this.#comparisons === MAX_COMPARISONS || bytes > MAX_EXPRESSION_BYTES) return false
    this.#comparisons++
    this.text += `${AND}${term()}`
    return true
  }
}

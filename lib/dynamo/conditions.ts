/** Condition expressions: "only if the replica still holds what we saw". */
import type { Compared } from '../item/places/compared.ts'
import { type Comparison, own } from '../item/places/comparisons.ts'
import type { KeySchema } from '../model/tables/table.ts'
import type { WireItem, WireValue } from '../model/wire.ts'
import {
  MAX_COMPARISONS,
  MAX_EXPRESSION_BYTES,
  PLACEHOLDER_BYTES,
  pathBytes,
  Terms,
} from './placeholders.ts'

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
  readonly compared: Compared
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
    return conditioned(terms, { comparisons: [wholly(version, seen)], schema }).expression
  }
  const compared = version === undefined ? names : [version, ...names]
  const added = [...mayBeAdded].filter(
    (name) => !isKey(name, schema) && !Object.hasOwn(seen, name) && !compared.includes(name),
  )
  const comparisons = compared.map((name) => wholly(name, seen))
  return conditioned(terms, { comparisons, schema, mayBeAdded: added }).expression
}

/** The attribute is as seen. */
export const wholly = (name: string, seen: WireItem): Comparison => ({
  path: [name],
  seen: own(seen, name),
})

export const isKey = (name: string, schema: KeySchema) => schema.some((key) => key.name === name)

interface Conditions {
  /** What must be as seen; what matters most comes first. */
  readonly comparisons: readonly Comparison[]
  readonly schema: KeySchema
  /** Attributes that must be absent, as far as there is room for them. */
  readonly mayBeAdded?: readonly string[]
}

/**
 * The item exists, and is as seen, as far as the service's limits allow. `held`: how many of the
 * comparisons it holds, up to the first one that has no room.
 */
export function conditioned(
  terms: Terms,
  { comparisons, schema, mayBeAdded = [] }: Conditions,
): { readonly expression: Expression; readonly held: number } {
  const condition = new Conjunction(`attribute_exists(${terms.name(schema[0].name)})`)
  const fits = comparisons.map((comparison) => addTo(condition, comparison, terms))
  for (const name of mayBeAdded) addTo(condition, { path: [name], seen: undefined }, terms)
  const { names, values } = terms
  const held = fits.includes(false) ? fits.indexOf(false) : fits.length
  const isPartial = held < fits.length
  const expression = { names, values, condition: condition.text }
  return { expression: { ...expression, ...(isPartial && { isPartial }) }, held }
}

/** False: there is no room for it. */
function addTo(condition: Conjunction, comparison: Comparison, terms: Terms): boolean {
  const { path } = comparison
  const bytes = pathBytes(path)
  if ('type' in comparison) {
    const term = () => `attribute_type(${terms.path(path)},${terms.value({ S: comparison.type })})`
    return condition.add(bytes + TYPE_BYTES, term)
  }
  const { seen } = comparison
  return seen === undefined
    ? condition.add(bytes + NOT_EXISTS_BYTES, () => `attribute_not_exists(${terms.path(path)})`)
    : condition.add(bytes + EQUAL_BYTES, () => `${terms.path(path)}=${terms.value(seen)}`)
}

/** Besides the path. */
const EQUAL_BYTES = '='.length + PLACEHOLDER_BYTES
const NOT_EXISTS_BYTES = 'attribute_not_exists()'.length
const TYPE_BYTES = 'attribute_type(,)'.length + PLACEHOLDER_BYTES

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

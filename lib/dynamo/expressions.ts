/**
 * Condition and update expressions: "only if the replica still holds what we
 * saw", and "touch nothing but what differs".
 */
import { differingAttributes, type IsIgnored } from '../item/normalise.ts'
import type { KeySchema } from '../model/table.ts'
import type { WireItem, WireValue } from '../model/wire.ts'

/**
 * The most comparisons in one condition. An expression may have 300 operators,
 * and each AND counts as one (developer guide, "Service quotas"; 151 fail on
 * DynamoDB Local 1.25.1).
 */
const MAX_COMPARISONS = 150

/** The most attributes one update touches: with their conditions they stay below 4 KiB. */
const MAX_TOUCHED = 80

export interface Expression {
  readonly names: Record<string, string>
  readonly values: Record<string, WireValue>
  readonly condition: string
  /** Present: the item has more attributes than a condition can compare. */
  readonly isPartial?: true
}

export interface UpdateExpression extends Expression {
  readonly update: string
  /** False where more differs than one update may touch: another has to follow. */
  readonly complete: boolean
  /** What an item is after the update. */
  apply(item: WireItem): WireItem
}

/** The item does not exist. */
export function absent(schema: KeySchema): Expression {
  const terms = new Terms()
  return { ...terms.build([`attribute_not_exists(${terms.name(schema[0].name)})`]) }
}

/**
 * The item is as `seen`: by its version where that is named, else by every
 * attribute that fits into a condition. An attribute added since is not among
 * those: no condition can ask for it.
 */
export function unchanged(seen: WireItem, { schema, version }: ItemShape): Expression {
  const terms = new Terms()
  const names = Object.keys(seen).filter((name) => !isKey(name, schema))
  return conditioned(terms, toCompare(names, seen, version), seen, schema)
}

/** What expressions have to know of a table's items. */
export interface ItemShape {
  readonly schema: KeySchema
  readonly isIgnored: IsIgnored
  /** The attribute that grows with each change of an item. Absent: none is known. */
  readonly version?: string | undefined
}

/** Makes `seen`, an item of the replica, equal to `wanted` where it differs. */
export function updateTo(
  wanted: WireItem,
  seen: WireItem,
  { schema, isIgnored, version }: ItemShape,
): UpdateExpression {
  const differing = shrinkingFirst(differingAttributes(wanted, seen, isIgnored), wanted, seen)
  const touched = differing.slice(0, MAX_TOUCHED)
  const others = Object.keys(seen).filter(
    (name) => !isKey(name, schema) && !isIgnored(name) && !differing.includes(name),
  )
  const terms = new Terms()
  const set = touched.filter((name) => Object.hasOwn(wanted, name))
  const remove = touched.filter((name) => !Object.hasOwn(wanted, name))
  const clauses = []
  if (set.length > 0) {
    const pairs = set.map((name) => `${terms.name(name)}=${terms.value(wanted[name] as WireValue)}`)
    clauses.push(`SET ${pairs.join(',')}`)
  }
  if (remove.length > 0) clauses.push(`REMOVE ${remove.map((name) => terms.name(name)).join(',')}`)
  const compared = toCompare([...touched, ...others], seen, version)
  return {
    ...conditioned(terms, compared, seen, schema),
    update: clauses.join(' '),
    complete: touched.length === differing.length,
    apply(item) {
      const kept = Object.entries(item).filter(([name]) => !remove.includes(name))
      const added = set.map((name) => [name, wanted[name] as WireValue] as const)
      return Object.fromEntries([...kept, ...added])
    },
  }
}

/** A version stands for all that the item holds. */
function toCompare(
  names: readonly string[],
  seen: WireItem,
  version: string | undefined,
): readonly string[] {
  return version !== undefined && Object.hasOwn(seen, version) ? [version] : names
}

/** In this order an item that is updated in parts is never larger than before or after. */
function shrinkingFirst(names: readonly string[], wanted: WireItem, seen: WireItem): string[] {
  const size = (item: WireItem, name: string) =>
    Object.hasOwn(item, name) ? name.length + JSON.stringify(item[name]).length : 0
  const growth = new Map(names.map((name) => [name, size(wanted, name) - size(seen, name)]))
  return [...names].sort((a, b) => (growth.get(a) ?? 0) - (growth.get(b) ?? 0))
}

/** The attributes that matter most come first; what does not fit is left out. */
function conditioned(
  terms: Terms,
  attributes: readonly string[],
  seen: WireItem,
  schema: KeySchema,
): Expression {
  const compared = attributes.slice(0, MAX_COMPARISONS - 1)
  const asSeen = compared.map((name) =>
    Object.hasOwn(seen, name)
      ? `${terms.name(name)}=${terms.value(seen[name] as WireValue)}`
      : `attribute_not_exists(${terms.name(name)})`,
  )
  return {
    ...terms.build([`attribute_exists(${terms.name(schema[0].name)})`, ...asSeen]),
    ...(compared.length < attributes.length && { isPartial: true }),
  }
}

const isKey = (name: string, schema: KeySchema) => schema.some((key) => key.name === name)

/** Hands out placeholders, so that no name or value is ever part of an expression. */
class Terms {
  readonly #names = new Map<string, string>()
  readonly #values: [string, WireValue][] = []

  name(name: string): string {
    const placeholder = this.#names.get(name) ?? `#n${this.#names.size}`
    this.#names.set(name, placeholder)
    return placeholder
  }

  value(value: WireValue): string {
    const placeholder = `:v${this.#values.length}`
    this.#values.push([placeholder, value])
    return placeholder
  }

  build(condition: readonly string[]): Expression {
    return {
      names: Object.fromEntries([...this.#names].map(([name, placeholder]) => [placeholder, name])),
      values: Object.fromEntries(this.#values),
      condition: condition.join(' AND '),
    }
  }
}

/** Updates that touch nothing but what differs, in as many parts as the service's limits need. */
import { differingAttributes } from '../item/normalise.ts'
import { orderOfVersions } from '../item/version.ts'
import type { WireItem, WireValue } from '../model/wire.ts'
import { conditioned, type Expression, type ItemShape, isKey } from './conditions.ts'
import { MAX_EXPRESSION_BYTES, PLACEHOLDER_BYTES, Terms } from './placeholders.ts'

export interface UpdateExpression extends Expression {
  readonly update: string
  /** False: more differs than one update may touch, so another has to follow. */
  readonly complete: boolean
  /** Returns what an item is after the update. */
  apply(item: WireItem): WireItem
}

/**
 * Makes `seen`, an item of the replica, equal to `wanted` where they differ. If that takes several
 * updates, the last one sets the version attribute: until then nobody can take the item for one of
 * that version.
 */
export function updateTo(wanted: WireItem, seen: WireItem, shape: ItemShape): UpdateExpression {
  const { schema, isIgnored, version } = shape
  const differing = inOrder(differingAttributes(wanted, seen, isIgnored), wanted, seen, version)
  const touched = fitting(differing, wanted)
  const terms = new Terms()
  const set = touched.filter((name) => Object.hasOwn(wanted, name))
  const remove = touched.filter((name) => !Object.hasOwn(wanted, name))
  const clauses = []
  if (set.length > 0) {
    const pairs = set.map((name) => `${terms.name(name)}=${terms.value(wanted[name] as WireValue)}`)
    clauses.push(`${SET}${pairs.join(',')}`)
  }
  if (remove.length > 0) {
    clauses.push(`${REMOVE}${remove.map((name) => terms.name(name)).join(',')}`)
  }
  const others = Object.keys(seen).filter(
    (name) => !isKey(name, schema) && !isIgnored(name) && !differing.includes(name),
  )
  const compared = comparedBy(version, { wanted, seen, touched, others })
  return {
    ...conditioned(terms, { compared, seen, schema }),
    update: clauses.join(' '),
    complete: touched.length === differing.length,
    apply(item) {
      const kept = Object.entries(item).filter(([name]) => !remove.includes(name))
      const added = set.map((name) => [name, wanted[name] as WireValue] as const)
      return Object.fromEntries([...kept, ...added])
    },
  }
}

interface Touching {
  readonly wanted: WireItem
  readonly seen: WireItem
  readonly touched: readonly string[]
  readonly others: readonly string[]
}

/** A version stands for the whole item, unless the sides hold different items under it. */
function comparedBy(
  version: string | undefined,
  { wanted, seen, touched, others }: Touching,
): readonly string[] {
  if (version === undefined) return [...touched, ...others]
  const rest = touched.filter((name) => name !== version)
  switch (orderOfVersions(wanted, seen, version)) {
    case 'later':
      return [version]
    case 'equal':
      return [version, ...rest]
    default:
      return [version, ...rest, ...others]
  }
}

/**
 * The order of updates in parts: the item is never larger than before or after, and gets its new
 * version last.
 */
function inOrder(
  names: readonly string[],
  wanted: WireItem,
  ...[seen, version]: [seen: WireItem, version: string | undefined]
): string[] {
  const size = (item: WireItem, name: string) =>
    Object.hasOwn(item, name) ? name.length + JSON.stringify(item[name]).length : 0
  const growth = new Map(names.map((name) => [name, size(wanted, name) - size(seen, name)]))
  const last = (name: string) => (name === version ? 1 : 0)
  return [...names].sort((a, b) => last(a) - last(b) || (growth.get(a) ?? 0) - (growth.get(b) ?? 0))
}

const SET = 'SET '
const REMOVE = 'REMOVE '
const SET_BYTES = 2 * PLACEHOLDER_BYTES + '=,'.length
const REMOVE_BYTES = PLACEHOLDER_BYTES + ','.length

/** The first of the attributes, as many as one expression may touch. */
function fitting(names: readonly string[], wanted: WireItem): readonly string[] {
  let left = MAX_EXPRESSION_BYTES - SET.length - ' '.length - REMOVE.length
  const end = names.findIndex((name) => {
    left -= Object.hasOwn(wanted, name) ? SET_BYTES : REMOVE_BYTES
    return left < 0
  })
  return end < 0 ? names : names.slice(0, end)
}

/** Where two items differ: the smallest places whose values are not equal. */
import type { Change, ChangedValues, TypeName } from '../model/change.ts'
import type { WireItem, WireValue } from '../model/wire.ts'
import { canonicalMember, canonicalValue, type IsIgnored } from './normalise.ts'
import { type PathStep, pathText } from './path.ts'

export interface Changes {
  /** Names of the top-level attributes in which the items differ, sorted. */
  readonly attributes: readonly string[]
  /** By attribute and name, sorted; in lists by index. */
  readonly changes: readonly Change[]
}

/**
 * The changes that make one item the other. Maps are compared name by name and lists index by
 * index, so that no equal value lies inside a changed place.
 */
export function changesBetween(
  from: WireItem,
  to: WireItem,
  { isIgnored, withValues }: { readonly isIgnored: IsIgnored; readonly withValues: boolean },
): Changes {
  const walk = new Walk(withValues)
  const attributes: string[] = []
  for (const name of namesOf(from, to)) {
    if (isIgnored(name)) continue
    const before = walk.changes.length
    walk.member(from, to, name)
    if (walk.changes.length > before) attributes.push(name)
  }
  return { attributes, changes: walk.changes }
}

class Walk {
  readonly changes: Change[] = []
  readonly #steps: PathStep[] = []
  readonly #withValues: boolean

  constructor(withValues: boolean) {
    this.#withValues = withValues
  }

  member(from: WireItem, to: WireItem, name: string): void {
    this.#at(name, own(from, name), own(to, name))
  }

  #at(step: PathStep, from: WireValue | undefined, to: WireValue | undefined): void {
    this.#steps.push(step)
    this.#compare(from, to)
    this.#steps.pop()
  }

  #compare(from: WireValue | undefined, to: WireValue | undefined): void {
    if (from === undefined || to === undefined) this.#changed(from, to)
    else if ('M' in from && 'M' in to) {
      for (const name of namesOf(from.M, to.M)) this.member(from.M, to.M, name)
    } else if ('L' in from && 'L' in to) {
      const length = Math.max(from.L.length, to.L.length)
      for (let index = 0; index < length; index++) this.#at(index, from.L[index], to.L[index])
    } else if (canonicalValue(from) !== canonicalValue(to)) this.#valueChanged(from, to)
  }

  #valueChanged(from: WireValue, to: WireValue): void {
    const type = typeOf(to)
    if (type === typeOf(from) && isSetType(type)) this.#membersChanged(type, from, to)
    else this.#changed(from, to)
  }

  #changed(from: WireValue | undefined, to: WireValue | undefined): void {
    this.#note({
      ...(from !== undefined && { from: typeOf(from) }),
      ...(to !== undefined && { to: typeOf(to) }),
      ...this.#values({
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      }),
    })
  }

  #membersChanged(type: SetType, from: WireValue, to: WireValue): void {
    const added = without(membersOf(to, type), membersOf(from, type))
    const removed = without(membersOf(from, type), membersOf(to, type))
    const asSet = (members: string[]) => ({ [type]: members }) as unknown as WireValue
    this.#note({
      from: type,
      to: type,
      members: { added: added.length, removed: removed.length },
      ...this.#values({ added: asSet(added), removed: asSet(removed) }),
    })
  }

  #values(values: ChangedValues): Pick<Change, 'values'> {
    return this.#withValues ? { values } : {}
  }

  #note(change: Omit<Change, 'path'>): void {
    this.changes.push({ path: pathText(this.#steps), ...change })
  }
}

type SetType = 'SS' | 'NS' | 'BS'

const isSetType = (type: TypeName): type is SetType => ['SS', 'NS', 'BS'].includes(type)

const typeOf = (value: WireValue): TypeName => Object.keys(value)[0] ?? ''

/** Each distinct member by its canonical spelling, as the item spells it. */
function membersOf(value: WireValue, type: SetType): Map<string, string> {
  const members = (value as unknown as Record<SetType, readonly string[]>)[type]
  return new Map(members.map((member) => [canonicalMember(type, member), member]))
}

type Members = ReadonlyMap<string, string>

const without = (members: Members, others: Members): string[] =>
  [...members].flatMap(([canonical, member]) => (others.has(canonical) ? [] : member))

const own = (map: WireItem, name: string): WireValue | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined

const namesOf = (a: WireItem, b: WireItem): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()

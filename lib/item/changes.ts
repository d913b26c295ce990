/** Where two items differ: the smallest places whose values are not equal. */
import type { Change, ChangedValues, TypeName } from '../model/change.ts'
import type { WireItem, WireValue } from '../model/wire.ts'
import { canonicalMember, canonicalValue } from './normalise.ts'
import { type PathStep, pathText } from './path.ts'
import { type Compared, type Part, type Place, partAt } from './places/compared.ts'
import { own } from './places/comparisons.ts'
import { visible } from './places/visible.ts'

export interface Changes {
  /** Names of the top-level attributes in which the items differ, sorted. */
  readonly attributes: readonly string[]
  /** By attribute and name, sorted; in lists by index. */
  readonly changes: readonly Change[]
}

/**
 * The changes that make one item the other. Maps are compared name by name and lists index by
 * index, so that no equal value lies inside a changed place. What is not compared does not show.
 */
export function changesBetween(
  from: WireItem,
  to: WireItem,
  { compared, withValues }: { readonly compared: Compared; readonly withValues: boolean },
): Changes {
  const walk = new Walk(withValues)
  const attributes: string[] = []
  for (const name of namesOf(from, to)) {
    const before = walk.changes.length
    walk.member(from, to, name, compared.partOf(name))
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

  member(from: WireItem, to: WireItem, name: string, part: Part): void {
    this.#at(name, own(from, name), own(to, name), part)
  }

  #at(step: PathStep, from: WireValue | undefined, to: WireValue | undefined, part: Part): void {
    if (part === 'nothing' || (from === undefined && to === undefined)) return
    this.#steps.push(step)
    this.#compare(from, to, part)
    this.#steps.pop()
  }

  #compare(
    from: WireValue | undefined,
    to: WireValue | undefined,
    part: Exclude<Part, 'nothing'>,
  ): void {
    const isChosen = part !== 'all' && part.rest === 'ignored'
    const areAlike =
      from !== undefined && to !== undefined && isHolder(from) && typeOf(from) === typeOf(to)
    // Where paths choose places, a map or a list does not count by itself.
    if (isChosen || areAlike) this.#inside(from, to, part)
    else if (part !== 'all') this.#compare(visible(from, part), visible(to, part), 'all')
    else if (from === undefined || to === undefined) this.#changed(from, to)
    else if (canonicalValue(from) !== canonicalValue(to)) this.#valueChanged(from, to)
  }

  #inside(from: WireValue | undefined, to: WireValue | undefined, part: 'all' | Place): void {
    const partOf = (step: PathStep) => (part === 'all' ? part : partAt(part, step))
    const [fromMap, toMap] = [mapIn(from), mapIn(to)]
    for (const name of namesOf(fromMap, toMap)) this.member(fromMap, toMap, name, partOf(name))
    const [fromList, toList] = [listIn(from), listIn(to)]
    const length = Math.max(fromList.length, toList.length)
    for (let index = 0; index < length; index++) {
      this.#at(index, fromList[index], toList[index], partOf(index))
    }
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

const isHolder = (value: WireValue) => 'M' in value || 'L' in value

const mapIn = (value: WireValue | undefined): WireItem =>
  value !== undefined && 'M' in value ? value.M : {}

const listIn = (value: WireValue | undefined): readonly WireValue[] =>
  value !== undefined && 'L' in value ? value.L : []

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

const namesOf = (a: WireItem, b: WireItem): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()

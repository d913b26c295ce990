/**
 * Defines equality: two items are equal if their canonical texts are.
 *
 * Attribute order, map order, set order and the spelling of numbers, strings and base64 do not show
 * in the text; types, names, list order and structure do. Quoted strings and brackets keep
 * neighbours from running into each other.
 */
import type { WireItem, WireValue } from '../model/wire.ts'
import { canonicalNumber } from './number.ts'
import { type Compared, type Part, type Place, partAt } from './places/compared.ts'

export function canonicalItem(item: WireItem, compared: Compared): string {
  const names = Object.keys(item).filter((name) => !compared.isIgnored(name))
  if (compared.isFlat) return canonicalMembers(item, names)
  return joined(
    sorted(names).map((name) => [JSON.stringify(name), canonicalAttribute(item, name, compared)]),
  )
}

/** What of an attribute is compared. Undefined: nothing of it is there. */
function canonicalAttribute(item: WireItem, name: string, compared: Compared): string | undefined {
  const value = Object.hasOwn(item, name) ? (item[name] as WireValue) : undefined
  return value && canonicalPart(value, compared.partOf(name))
}

/**
 * What of a value is compared. Elements keep their index, whatever is left out before them. Where
 * paths leave places out, a map or a list without them stays one, and a value that is neither is
 * compared whole. Where paths choose places, nothing else counts, and no map or list by itself.
 */
export function canonicalPart(value: WireValue, part: Part): string | undefined {
  if (part === 'nothing') return undefined
  if (part === 'all') return canonicalValue(value)
  const isChosen = part.rest === 'ignored'
  const members = 'M' in value || 'L' in value ? canonicalInside(value, part) : undefined
  if (members === undefined) return isChosen ? undefined : canonicalValue(value)
  const texts = members.filter(([, text]) => text !== undefined)
  if (isChosen && texts.length === 0) return undefined
  return `${'M' in value ? 'M' : 'L'}${joined(texts)}`
}

type Member = readonly [step: string, text: string | undefined]

function canonicalInside(
  value: { readonly M: WireItem } | { readonly L: readonly WireValue[] },
  place: Place,
): Member[] {
  if ('L' in value) {
    return value.L.map((one, at) => [String(at), canonicalPart(one, partAt(place, at))])
  }
  return sorted(Object.keys(value.M)).map((name) => [
    JSON.stringify(name),
    canonicalPart(value.M[name] as WireValue, partAt(place, name)),
  ])
}

const joined = (members: readonly Member[]): string =>
  `{${members.flatMap(([step, text]) => (text === undefined ? [] : [`${step}:${text}`])).join(',')}}`

export function canonicalValue(value: WireValue): string {
  if ('S' in value) return `S${JSON.stringify(value.S)}`
  if ('N' in value) return `N${canonicalNumber(value.N)}`
  if ('B' in value) return `B${canonicalBase64(value.B)}`
  if ('BOOL' in value) return value.BOOL ? 'T' : 'F'
  if ('NULL' in value) return '0'
  if ('SS' in value) return canonicalSet('SS', value.SS)
  if ('NS' in value) return canonicalSet('NS', value.NS)
  if ('BS' in value) return canonicalSet('BS', value.BS)
  if ('L' in value) return `[${value.L.map(canonicalValue).join(',')}]`
  if ('M' in value) return canonicalMembers(value.M, Object.keys(value.M))
  // A type newer than this code: values are equal only if they are spelt the same.
  return `?${JSON.stringify(value)}`
}

/** Names of the top-level attributes in which the items differ, sorted. */
export function differingAttributes(a: WireItem, b: WireItem, compared: Compared): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  const differs = (name: string) =>
    !areSamePlain(a[name], b[name]) &&
    canonicalAttribute(a, name, compared) !== canonicalAttribute(b, name, compared)
  return [...names].filter((name) => !compared.isIgnored(name) && differs(name)).sort()
}

/** Whether both are one text or number, spelt the same. False: they may be equal all the same. */
function areSamePlain(a: WireValue | undefined, b: WireValue | undefined): boolean {
  if (a === undefined || b === undefined) return false
  if ('S' in a) return 'S' in b && a.S === b.S
  return 'N' in a && 'N' in b && a.N === b.N
}

function canonicalMembers(map: WireItem, names: string[]): string {
  let members = ''
  for (const name of sorted(names)) {
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${canonicalValue(map[name] as WireValue)}`
  }
  return `{${members}}`
}

/** Longer lists are sorted by the engine, which allocates memory first. */
const FEW = 24

/** Sorts in place, by UTF-16 code units. */
function sorted(texts: string[]): string[] {
  if (texts.length > FEW) return texts.sort()
  for (let at = 1; at < texts.length; at++) {
    const text = texts[at] as string
    let to = at
    for (; to > 0 && (texts[to - 1] as string) > text; to--) texts[to] = texts[to - 1] as string
    texts[to] = text
  }
  return texts
}

function canonicalSet(type: keyof typeof MEMBERS, members: readonly string[]): string {
  const distinct = new Set(members.map((member) => MEMBERS[type](member)))
  return `${type}[${sorted([...distinct]).join(',')}]`
}

/** One spelling for each member of a set. */
export const canonicalMember = (type: keyof typeof MEMBERS, member: string): string =>
  MEMBERS[type](member)

const canonicalBase64 = (text: string) => Buffer.from(text, 'base64').toString('base64')

const MEMBERS = {
  SS: (member: string) => JSON.stringify(member),
  NS: canonicalNumber,
  BS: canonicalBase64,
} as const

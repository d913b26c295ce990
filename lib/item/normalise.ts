/**
 * Defines equality: two items are equal if their canonical texts are.
 *
 * Attribute order, map order, set order and the spelling of numbers, strings and base64 do not show
 * in the text; types, names, list order and structure do. Quoted strings and brackets keep
 * neighbours from running into each other.
 */
import type { WireItem, WireValue } from '../model/wire.ts'
import { canonicalNumber } from './number.ts'

/** Global tables of 2017 add attributes with this prefix to the user's own. */
const REPLICATION_PREFIX = 'aws:rep:'

/** Says which top-level attributes are ignored. */
export type IsIgnored = (name: string) => boolean

export function ignoring(names: readonly string[]): IsIgnored {
  const ignored = new Set(names)
  return (name) => ignored.has(name) || isReplicationAttribute(name)
}

export const isReplicationAttribute = (name: string) => name.startsWith(REPLICATION_PREFIX)

export function canonicalItem(item: WireItem, isIgnored: IsIgnored): string {
  return canonicalMembers(
    item,
    Object.keys(item).filter((name) => !isIgnored(name)),
  )
}

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
export function differingAttributes(a: WireItem, b: WireItem, isIgnored: IsIgnored): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].filter((name) => !isIgnored(name) && !sameAttribute(a, b, name)).sort()
}

function sameAttribute(a: WireItem, b: WireItem, name: string): boolean {
  if (!Object.hasOwn(a, name) || !Object.hasOwn(b, name)) return false
  return canonicalValue(a[name] as WireValue) === canonicalValue(b[name] as WireValue)
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

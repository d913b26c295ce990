/** The order of versions. The user vouches that the version attribute only ever grows. */
import type { WireItem } from '../model/wire.ts'
import { compareNumbers } from './number.ts'

/**
 * How item `a` compares with item `b` by their versions. `none`: neither has one. `alone`: only `a`
 * has one; `lacking`: only `b` has one. `unordered`: their types differ, or have no order.
 */
export type VersionOrder =
  | 'later'
  | 'equal'
  | 'earlier'
  | 'none'
  | 'alone'
  | 'lacking'
  | 'unordered'

/** Numbers are ordered by exact value, text and binary by bytes. */
export function orderOfVersions(a: WireItem, b: WireItem, attribute: string): VersionOrder {
  const [hasOne, hasOther] = [Object.hasOwn(a, attribute), Object.hasOwn(b, attribute)]
  if (!hasOne || !hasOther) return hasOne ? 'alone' : hasOther ? 'lacking' : 'none'
  const order = compareVersions(a[attribute] as object, b[attribute] as object)
  if (order === undefined) return 'unordered'
  return order === 0 ? 'equal' : order > 0 ? 'later' : 'earlier'
}

/** Undefined: they cannot be ordered. */
function compareVersions(one: object, other: object): number | undefined {
  if ('N' in one && 'N' in other) return compareNumbers(`${one.N}`, `${other.N}`)
  if ('S' in one && 'S' in other) return Buffer.compare(bytes(one.S), bytes(other.S))
  if ('B' in one && 'B' in other) {
    return Buffer.compare(bytes(one.B, 'base64'), bytes(other.B, 'base64'))
  }
  return undefined
}

const bytes = (text: unknown, encoding: BufferEncoding = 'utf8') =>
  Buffer.from(String(text), encoding)

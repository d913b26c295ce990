/** The order of versions: an attribute that only ever grows, as the user vouches. */
import type { WireItem } from '../model/wire.ts'
import { compareNumbers } from './number.ts'

/**
 * Whether `a` is a later version than `b`: numbers by exact value, text and
 * binary by bytes. False where either has none, or their types differ.
 */
export function isNewer(a: WireItem, b: WireItem, attribute: string): boolean {
  if (!Object.hasOwn(a, attribute) || !Object.hasOwn(b, attribute)) return false
  const [one, other] = [a[attribute], b[attribute]] as [object, object]
  if ('N' in one && 'N' in other) return (compareNumbers(`${one.N}`, `${other.N}`) ?? 0) > 0
  if ('S' in one && 'S' in other) return Buffer.compare(bytes(one.S), bytes(other.S)) > 0
  if ('B' in one && 'B' in other) {
    return Buffer.compare(bytes(one.B, 'base64'), bytes(other.B, 'base64')) > 0
  }
  return false
}

const bytes = (text: unknown, encoding: BufferEncoding = 'utf8') =>
  Buffer.from(String(text), encoding)

/**
 * Tells by their bytes that two items surely differ: an attribute is on one side only, or a text or
 * a truth has other bytes. All other values may be the same in another spelling.
 */
import { isPlainString } from '../key.ts'
import type { Compared } from '../places/compared.ts'
import { hasBackslash, sameSpan } from './json-bytes.ts'
import type { Members } from './members.ts'

const TRUTHS = ['{"BOOL":true}', '{"BOOL":false}'].map((truth) => Buffer.from(truth))

/** False: they may be equal. */
export function differSurely(
  { a, b }: { readonly a: Members; readonly b: Members },
  compared: Compared,
): boolean {
  // Another spelling of a name might come twice.
  if (a.areTooMany || b.areTooMany || !hasPlainNames(a) || !hasPlainNames(b)) return false
  return differsFrom(a, b, compared) || differsFrom(b, a, compared)
}

function differsFrom(a: Members, b: Members, compared: Compared): boolean {
  for (let member = 0; member < a.count; member++) {
    const namesake = b.namesakeOf(a, member)
    const isDecisive = namesake < 0 || haveOtherTexts(a, member, b, namesake)
    if (isDecisive && compared.partOf(a.name(member)) === 'all' && isOnce(a, b, member)) return true
  }
  return false
}

/** Whether no name of either side is that of the member, but for one on each side. */
function isOnce(a: Members, b: Members, member: number): boolean {
  return a.namesakesOf(a, member) === 1 && b.namesakesOf(a, member) <= 1
}

function haveOtherTexts(a: Members, i: number, b: Members, j: number): boolean {
  const [start, end] = [a.valueStart(i), a.valueEnd(i)]
  const [otherStart, otherEnd] = [b.valueStart(j), b.valueEnd(j)]
  const areTexts =
    isPlainString(a.bytes, start, end) && isPlainString(b.bytes, otherStart, otherEnd)
  const areTruths = isTruth(a.bytes, start, end) && isTruth(b.bytes, otherStart, otherEnd)
  if (!areTexts && !areTruths) return false
  return !sameSpan(a.bytes, start, end, b.bytes, otherStart, otherEnd)
}

const isTruth = (bytes: Uint8Array, start: number, end: number) =>
  TRUTHS.some((truth) => sameSpan(bytes, start, end, truth, 0, truth.length))

function hasPlainNames(members: Members): boolean {
  for (let member = 0; member < members.count; member++) {
    if (hasBackslash(members.bytes, members.nameStart(member), members.nameEnd(member)))
      return false
  }
  return true
}

/**
 * Tells by their bytes that two items surely differ: an attribute is on one side only, or a text or
 * a truth has other bytes. All other values may be the same in another spelling.
 */
import type { Compared } from '../places/compared.ts'
import type { Members } from './members.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Bytes before and after the text of `{"S":"text"}`. */
const TEXT_START = Buffer.from('{"S":"')
const TEXT_END = 2

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
  const areTexts = isText(a.bytes, start, end) && isText(b.bytes, otherStart, otherEnd)
  const areTruths = isTruth(a.bytes, start, end) && isTruth(b.bytes, otherStart, otherEnd)
  if (!areTexts && !areTruths) return false
  if (end - start !== otherEnd - otherStart) return true
  for (let at = 0; at < end - start; at++) {
    if (a.bytes[start + at] !== b.bytes[otherStart + at]) return true
  }
  return false
}

/** Whether a value is `{"S":"…"}`, without blanks and without anything escaped. */
function isText(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < TEXT_START.length + TEXT_END) return false
  for (let at = 0; at < TEXT_START.length; at++) {
    if (bytes[start + at] !== TEXT_START[at]) return false
  }
  if (bytes[end - TEXT_END] !== QUOTE) return false
  for (let at = start + TEXT_START.length; at < end - TEXT_END; at++) {
    if (bytes[at] === BACKSLASH || bytes[at] === QUOTE) return false
  }
  return true
}

const isTruth = (bytes: Uint8Array, start: number, end: number) =>
  TRUTHS.some(
    (truth) =>
      truth.length === end - start && truth.every((byte, at) => bytes[start + at] === byte),
  )

function hasPlainNames(members: Members): boolean {
  for (let member = 0; member < members.count; member++) {
    const end = members.nameEnd(member)
    for (let at = members.nameStart(member); at < end; at++) {
      if (members.bytes[at] === BACKSLASH) return false
    }
  }
  return true
}

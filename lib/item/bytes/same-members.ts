/**
 * Compares items by their bytes, each attribute with its namesake, in whatever order they are. Sets in
 * another order and numbers in another spelling are left to digests.
 */

import { type ItemPage, itemStart } from '../page.ts'
import type { Compared, IsIgnored } from '../places/compared.ts'
import { differSurely } from './differing-members.ts'
import { sameSpan, skipBlanks, valueEnd } from './json-bytes.ts'
import { Members } from './members.ts'

/** Deeper values are left to digests. Each level of an item is two in JSON; DynamoDB allows 32. */
const MOST_LEVELS = 2 * 32 + 2

const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COMMA = 0x2c

/** What the bytes of two items tell. `unsure`: digests must tell. */
export type Verdict = 'same' | 'different' | 'unsure'

/** Compares two items, apart from what is not compared. */
export function compareMembers(
  a: ItemPage,
  i: number,
  b: ItemPage,
  j: number,
  compared: Compared,
): Verdict {
  const sides = sidesAt(0)
  sides.a.note(a.bytes, itemStart(a, i))
  sides.b.note(b.bytes, itemStart(b, j))
  if (sameNoted(sides, 0, compared.isIgnored)) return 'same'
  return differSurely(sides, compared) ? 'different' : 'unsure'
}

/** Members of both sides for each level of nesting, reused: a comparison runs without a pause. */
const levels: Sides[] = []

interface Sides {
  readonly a: Members
  readonly b: Members
}

function sidesAt(level: number): Sides {
  levels[level] ??= { a: new Members(), b: new Members() }
  return levels[level]
}

function sameObjects(
  aBytes: Uint8Array,
  aStart: number,
  bBytes: Uint8Array,
  bStart: number,
  level: number,
): boolean {
  if (level >= MOST_LEVELS) return false
  const sides = sidesAt(level)
  sides.a.note(aBytes, aStart)
  sides.b.note(bBytes, bStart)
  return sameNoted(sides, level, IN_NO_CASE)
}

function sameNoted({ a, b }: Sides, level: number, isIgnored: IsIgnored): boolean {
  if (a.areTooMany || b.areTooMany) return false
  let namesakes = 0
  for (let member = 0; member < a.count; member++) {
    const namesake = b.namesakeOf(a, member)
    if (namesake >= 0) {
      if (!b.meet(namesake)) return false
      namesakes++
    }
    const isSame = namesake >= 0 && sameValues(a, member, b, namesake, level)
    if (!isSame && !isIgnored(a.name(member))) return false
  }
  if (namesakes === b.count) return true
  for (let member = 0; member < b.count; member++) {
    const namesake = a.namesakeOf(b, member)
    if (namesake >= 0 ? !a.meet(namesake) : !isIgnored(b.name(member))) return false
  }
  return true
}

const IN_NO_CASE: IsIgnored = () => false

function sameValues(a: Members, i: number, b: Members, j: number, level: number): boolean {
  const aStart = a.valueStart(i)
  const bStart = b.valueStart(j)
  if (sameSpan(a.bytes, aStart, a.valueEnd(i), b.bytes, bStart, b.valueEnd(j))) return true
  return sameNested(a.bytes, aStart, b.bytes, bStart, level)
}

/** Whether values whose bytes differ do so only in the order of members within them. */
function sameNested(
  a: Uint8Array,
  aStart: number,
  b: Uint8Array,
  bStart: number,
  level: number,
): boolean {
  if (a[aStart] !== b[bStart]) return false
  if (a[aStart] === OPEN_BRACE) return sameObjects(a, aStart, b, bStart, level + 1)
  return a[aStart] === OPEN_BRACKET && sameLists(a, aStart, b, bStart, level + 1)
}

function sameLists(
  a: Uint8Array,
  aStart: number,
  b: Uint8Array,
  bStart: number,
  level: number,
): boolean {
  if (level >= MOST_LEVELS) return false
  let i = skipBlanks(a, aStart + 1)
  let j = skipBlanks(b, bStart + 1)
  while (a[i] !== CLOSE_BRACKET && b[j] !== CLOSE_BRACKET) {
    const aEnd = valueEnd(a, i)
    const bEnd = valueEnd(b, j)
    if (!sameSpan(a, i, aEnd, b, j, bEnd) && !sameNested(a, i, b, j, level)) return false
    i = skipBlanks(a, aEnd)
    j = skipBlanks(b, bEnd)
    if (a[i] === CLOSE_BRACKET || b[j] === CLOSE_BRACKET) break
    if (a[i] !== COMMA || b[j] !== COMMA) return false
    i = skipBlanks(a, i + 1)
    j = skipBlanks(b, j + 1)
    // Malformed JSON must not count as equal.
    if (a[i] === CLOSE_BRACKET || b[j] === CLOSE_BRACKET) return false
  }
  return a[i] === b[j]
}

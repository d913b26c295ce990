/**
 * Items whose attributes stand in another order, compared in their bytes: each
 * attribute with its namesake. Says no more than that they are surely equal;
 * sets in another order and numbers in another spelling are left to digests.
 */
import { eachMember, sameSpan, skipBlanks, stringOf, valueEnd } from './json-bytes.ts'
import type { IsIgnored } from './normalise.ts'
import { type ItemPage, itemStart } from './page.ts'

/** Namesakes are looked for one by one: of more members a digest is made sooner. */
const MOST_MEMBERS = 64

/** Deeper ones are left to digests; each level of an item's nesting is two of JSON's, and DynamoDB allows 32. */
const MOST_LEVELS = 2 * 32 + 2

const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COMMA = 0x2c

/** Whether two items are surely equal, but for ignored attributes. False: digests have to tell. */
export function sameMembers(
  a: ItemPage,
  i: number,
  b: ItemPage,
  j: number,
  isIgnored: IsIgnored,
): boolean {
  return sameObjects(a.bytes, itemStart(a, i), b.bytes, itemStart(b, j), 0, isIgnored)
}

/** The members of one object: where their names and values stand. */
class Members {
  bytes: Uint8Array = new Uint8Array(0)
  count = 0
  /** More than are compared here. */
  areTooMany = false
  readonly #spans = new Int32Array(MOST_MEMBERS * 4)

  note(bytes: Uint8Array, start: number): void {
    this.bytes = bytes
    this.count = 0
    this.areTooMany = false
    eachMember(bytes, start, (nameStart, nameEnd, value) => {
      const end = valueEnd(bytes, value)
      if (this.count === MOST_MEMBERS) this.areTooMany = true
      else {
        const at = this.count++ * 4
        this.#spans[at] = nameStart
        this.#spans[at + 1] = nameEnd
        this.#spans[at + 2] = value
        this.#spans[at + 3] = end
      }
      return end
    })
  }

  nameStart = (member: number) => this.#spans[member * 4] as number
  nameEnd = (member: number) => this.#spans[member * 4 + 1] as number
  valueStart = (member: number) => this.#spans[member * 4 + 2] as number
  valueEnd = (member: number) => this.#spans[member * 4 + 3] as number

  name(member: number): string {
    return stringOf(this.bytes, this.nameStart(member), this.nameEnd(member))
  }

  /** The place of the member that is called as one of the other object's; -1 where none is. */
  namesakeOf(other: Members, member: number): number {
    const start = other.nameStart(member)
    const end = other.nameEnd(member)
    // Most of them stand at the same place after all.
    for (let tried = 0; tried < this.count; tried++) {
      const own = (member + tried) % this.count
      const ownStart = this.nameStart(own)
      if (sameSpan(other.bytes, start, end, this.bytes, ownStart, this.nameEnd(own))) return own
    }
    return -1
  }
}

/** For each level of nesting the members on either side; a comparison runs to its end without a pause. */
const levels: { readonly a: Members; readonly b: Members }[] = []

function sameObjects(
  aBytes: Uint8Array,
  aStart: number,
  bBytes: Uint8Array,
  bStart: number,
  level: number,
  isIgnored: IsIgnored,
): boolean {
  if (level === MOST_LEVELS) return false
  levels[level] ??= { a: new Members(), b: new Members() }
  const { a, b } = levels[level]
  a.note(aBytes, aStart)
  b.note(bBytes, bStart)
  if (a.areTooMany || b.areTooMany) return false
  let namesakes = 0
  for (let member = 0; member < a.count; member++) {
    const namesake = b.namesakeOf(a, member)
    if (namesake >= 0) namesakes++
    const isSame = namesake >= 0 && sameValues(a, member, b, namesake, level)
    if (!isSame && !isIgnored(a.name(member))) return false
  }
  if (namesakes === b.count) return true
  for (let member = 0; member < b.count; member++) {
    if (a.namesakeOf(b, member) < 0 && !isIgnored(b.name(member))) return false
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

/** Of values that are not the same bytes: whether it is the order of members in them alone. */
function sameNested(
  a: Uint8Array,
  aStart: number,
  b: Uint8Array,
  bStart: number,
  level: number,
): boolean {
  if (a[aStart] !== b[bStart]) return false
  if (a[aStart] === OPEN_BRACE) return sameObjects(a, aStart, b, bStart, level + 1, IN_NO_CASE)
  return a[aStart] === OPEN_BRACKET && sameLists(a, aStart, b, bStart, level)
}

function sameLists(
  a: Uint8Array,
  aStart: number,
  b: Uint8Array,
  bStart: number,
  level: number,
): boolean {
  let i = skipBlanks(a, aStart + 1)
  let j = skipBlanks(b, bStart + 1)
  while (a[i] !== CLOSE_BRACKET && b[j] !== CLOSE_BRACKET) {
    const aEnd = valueEnd(a, i)
    const bEnd = valueEnd(b, j)
    if (!sameSpan(a, i, aEnd, b, j, bEnd) && !sameNested(a, i, b, j, level)) return false
    i = skipBlanks(a, aEnd)
    j = skipBlanks(b, bEnd)
    if (a[i] === COMMA) i = skipBlanks(a, i + 1)
    if (b[j] === COMMA) j = skipBlanks(b, j + 1)
  }
  return a[i] === b[j]
}

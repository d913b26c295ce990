/** Finds surely equal items. Readable version: `compareMembers` in lib/item/bytes/same-members.ts. */
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  nameEnd,
  OPEN_BRACE,
  OPEN_BRACKET,
  same,
  valueEnd,
} from './json'

/** Objects with more members, or at deeper levels, are left to digests. */
const MOST_MEMBERS = 64
const MOST_LEVELS = 16

/** Four positions for each member: start and end of its name, and of its value. */
const MEMBER_BYTES = 16
const NAME_END: usize = 4
const VALUE: usize = 8
const VALUE_END: usize = 12
const OBJECT_BYTES = MOST_MEMBERS * MEMBER_BYTES
/** For each level, the members of an object on either side. */
const members = memory.data(MOST_LEVELS * 2 * MOST_MEMBERS * 16)
/** For each level: a bit for each member of the second object whose namesake was found. */
const met = memory.data(MOST_LEVELS * 8)

/** Where the run ends that was found last: the next item of either list, or the end of the list. */
let aAfter: i32 = 0
let bAfter: i32 = 0

export function afterRun(side: i32): i32 {
  return side == 0 ? aAfter : bAfter
}

/**
 * How many items from two places on are pairs that are surely equal, and so have the same key. Each
 * list ends with the bracket at its end; `most`: items that are left in the shorter one.
 */
export function alikeRun(
  a: usize,
  aAt: i32,
  aEnd: i32,
  b: usize,
  bAt: i32,
  bEnd: i32,
  most: i32,
): i32 {
  let p = a + aAt
  let q = b + bAt
  const aLast = a + aEnd
  const bLast = b + bEnd
  let run = 0
  for (; run < most; run++) {
    aAfter = <i32>(p - a)
    bAfter = <i32>(q - b)
    const count = noteMembers(p, aLast, members)
    if (count <= 0 || noteMembers(q, bLast, members + OBJECT_BYTES) != count) return run
    if (!sameNoted(count, 0)) return run
    p = afterObject(members, count)
    q = afterObject(members + OBJECT_BYTES, count)
    if (p > aLast || q > bLast) return run
    // Commas lead to the next items. Where one list ends, the run does.
    if (p < aLast && load<u8>(p++) != COMMA) return run
    if (q < bLast && load<u8>(q++) != COMMA) return run
  }
  aAfter = <i32>(p - a)
  bAfter = <i32>(q - b)
  return run
}

/** Position after an object whose members were noted. */
function afterObject(object: usize, count: i32): usize {
  return load<u32>(memberAt(object, count - 1) + VALUE_END) + 1
}

function sameBytes(aStart: usize, aEnd: usize, bStart: usize, bEnd: usize): bool {
  return aEnd - aStart == bEnd - bStart && same(aStart, bStart, aEnd - aStart)
}

function sameObjects(aStart: usize, aEnd: usize, bStart: usize, bEnd: usize, level: i32): bool {
  if (level >= MOST_LEVELS) return false
  const aMembers = members + <usize>(level * 2 * OBJECT_BYTES)
  const count = noteMembers(aStart, aEnd, aMembers)
  if (count < 0 || noteMembers(bStart, bEnd, aMembers + OBJECT_BYTES) != count) return false
  return sameNoted(count, level)
}

/** Compares objects with as many members, which were noted at their level. */
function sameNoted(count: i32, level: i32): bool {
  const aMembers = members + <usize>(level * 2 * OBJECT_BYTES)
  const bMembers = aMembers + OBJECT_BYTES
  // Each member has a namesake of its own: none is left over.
  const metHere = met + <usize>(level * 8)
  store<u64>(metHere, 0)
  let guess = 0
  for (let member = 0; member < count; member++) {
    const own = memberAt(aMembers, member)
    const place = namesakeOf(own, bMembers, count, guess)
    if (place < 0) return false
    const bit = (<u64>1) << (<u64>place)
    const metSoFar = load<u64>(metHere)
    if ((metSoFar & bit) != 0) return false
    store<u64>(metHere, metSoFar | bit)
    const other = memberAt(bMembers, place)
    const aValue = load<u32>(own + VALUE)
    const bValue = load<u32>(other + VALUE)
    const isSame = sameValues(
      aValue,
      load<u32>(own + VALUE_END),
      bValue,
      load<u32>(other + VALUE_END),
      level,
    )
    if (!isSame) return false
    guess = place + 1
  }
  return true
}

function memberAt(object: usize, member: i32): usize {
  return object + <usize>(member * MEMBER_BYTES)
}

/** How many members the object has; -1: it is not plain, or has more than are compared here. */
function noteMembers(start: usize, end: usize, into: usize): i32 {
  if (load<u8>(start) != OPEN_BRACE) return -1
  let p = start + 1
  if (load<u8>(p) == CLOSE_BRACE) return 0
  for (let count = 0; count < MOST_MEMBERS; count++) {
    const after = nameEnd(p, end)
    if (after == 0 || load<u8>(after) != COLON) return -1
    const valueAfter = valueEnd(after + 1, end)
    if (valueAfter == 0) return -1
    const place = memberAt(into, count)
    store<u32>(place, <u32>p)
    store<u32>(place + NAME_END, <u32>after)
    store<u32>(place + VALUE, <u32>(after + 1))
    store<u32>(place + VALUE_END, <u32>valueAfter)
    const next = load<u8>(valueAfter)
    if (next == CLOSE_BRACE) return count + 1
    if (next != COMMA) return -1
    p = valueAfter + 1
  }
  return -1
}

/** Index of a member's namesake; -1: none. Names mostly come in the same order on both sides. */
function namesakeOf(member: usize, others: usize, count: i32, guess: i32): i32 {
  const name = load<u32>(member)
  const length = load<u32>(member + NAME_END) - name
  for (let tried = 0; tried < count; tried++) {
    let place = guess + tried
    if (place >= count) place -= count
    const other = memberAt(others, place)
    const otherName = load<u32>(other)
    if (load<u32>(other + NAME_END) - otherName == length && same(name, otherName, length)) {
      return place
    }
  }
  return -1
}

function sameValues(a: usize, aEnd: usize, b: usize, bEnd: usize, level: i32): bool {
  if (sameBytes(a, aEnd, b, bEnd)) return true
  // The bytes differ, but perhaps only in the order of members within them.
  const first = load<u8>(a)
  if (first != load<u8>(b)) return false
  if (first == OPEN_BRACE) return sameObjects(a, aEnd, b, bEnd, level + 1)
  return first == OPEN_BRACKET && sameLists(a, aEnd, b, bEnd, level + 1)
}

function sameLists(a: usize, aEnd: usize, b: usize, bEnd: usize, level: i32): bool {
  if (level >= MOST_LEVELS) return false
  let p = a + 1
  let q = b + 1
  while (load<u8>(p) != CLOSE_BRACKET && load<u8>(q) != CLOSE_BRACKET) {
    const after = valueEnd(p, aEnd)
    const otherAfter = valueEnd(q, bEnd)
    if (after == 0 || otherAfter == 0) return false
    if (!sameValues(p, after, q, otherAfter, level)) return false
    p = after
    q = otherAfter
    if (load<u8>(p) == CLOSE_BRACKET || load<u8>(q) == CLOSE_BRACKET) break
    if (load<u8>(p) != COMMA || load<u8>(q) != COMMA) return false
    p++
    q++
    // Malformed JSON must not count as equal.
    if (load<u8>(p) == CLOSE_BRACKET || load<u8>(q) == CLOSE_BRACKET) return false
  }
  return load<u8>(p) == load<u8>(q)
}

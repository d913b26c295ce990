/** The walk along a list of items. Readable version: `walkItems` in lib/item/bytes/walk.ts. */
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

/** Numbers for each item, from the page's beginning: start and end of it and of each key value. */
const STRIDE: usize = 6 * 4

/** Names of key attributes have at most 255 bytes (DynamoDB Developer Guide, naming rules). */
const MOST_NAME_BYTES = 256
const partitionName = memory.data(MOST_NAME_BYTES)
const sortName = memory.data(MOST_NAME_BYTES)
let partitionLength: i32 = 0
/** -1: there is no sort key. */
let sortLength: i32 = -1

/** Notes the length of a key part's name, and returns where the caller writes the name. */
export function namePlace(part: i32, length: i32): usize {
  if (part == 0) partitionLength = length
  else sortLength = length
  return part == 0 ? partitionName : sortName
}

/** Where the last list that was walked ends. */
let ended: i32 = 0

export function endOfWalk(): i32 {
  return ended
}

/**
 * Notes at `spans` where each item of the list at `page + at` stands. Returns how many there are; -1:
 * more than `most`, or not as DynamoDB writes them. `length`: how far the list may go.
 */
export function walk(page: usize, at: i32, length: i32, spans: usize, most: i32): i32 {
  const end = page + length
  let p = page + at
  if (load<u8>(p++) != OPEN_BRACKET) return -1
  if (load<u8>(p) == CLOSE_BRACKET) {
    ended = <i32>(p + 1 - page)
    return 0
  }
  let count = 0
  let into = spans
  while (true) {
    if (count == most) return -1
    p = walkItem(page, p, end, into)
    if (p == 0) return -1
    count++
    into += STRIDE
    const after = load<u8>(p++)
    if (after == CLOSE_BRACKET) {
      ended = <i32>(p - page)
      return p <= end ? count : -1
    }
    if (after != COMMA) return -1
  }
}

function walkItem(page: usize, start: usize, end: usize, into: usize): usize {
  if (load<u8>(start) != OPEN_BRACE) return 0
  store<i32>(into, <i32>(start - page))
  store<i32>(into, 0, 12)
  store<i32>(into, 0, 16)
  store<i32>(into, 0, 20)
  let p = start + 1
  while (true) {
    const after = nameEnd(p, end)
    if (after == 0 || load<u8>(after) != COLON) return 0
    const value = after + 1
    const valueAfter = valueEnd(value, end)
    if (valueAfter == 0) return 0
    const length = <i32>(after - p - 2)
    if (length == partitionLength && same(p + 1, partitionName, length)) {
      store<i32>(into, <i32>(value - page), 8)
      store<i32>(into, <i32>(valueAfter - page), 12)
    } else if (length == sortLength && same(p + 1, sortName, length)) {
      store<i32>(into, <i32>(value - page), 16)
      store<i32>(into, <i32>(valueAfter - page), 20)
    }
    const next = load<u8>(valueAfter)
    p = valueAfter + 1
    if (next == CLOSE_BRACE) break
    if (next != COMMA) return 0
  }
  const hasKey = load<i32>(into, 12) != 0 && (sortLength < 0 || load<i32>(into, 20) != 0)
  store<i32>(into, <i32>(p - page), 4)
  return hasKey ? p : 0
}

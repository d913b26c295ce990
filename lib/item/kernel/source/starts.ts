/**
 * Finds where the items of a list begin, 64 bytes at a time: strings and brackets count, and
 * nothing else is looked at. Readable version: `startsOf` in lib/item/bytes/starts.ts.
 */
import { BACKSLASH, CLOSE_BRACE, COMMA, OPEN_BRACE, QUOTE } from './json'

/** How many bytes are looked at together. */
const BLOCK: usize = 64

const EVEN_BITS: u64 = ~(<u64>0) / 3

/** Whether the first byte of the next block is escaped by a backslash before it. */
let isEscaped: u64 = 0

/**
 * Notes at `into` where each item between `from` and `to` begins. Returns how many there are; -1:
 * more than `most`, or not as DynamoDB writes them. May read 64 bytes too far.
 */
export function starts(page: usize, from: i32, to: i32, into: usize, most: i32): i32 {
  const end = page + to
  let p = page + from
  if (most < 1 || load<u8>(p) != OPEN_BRACE) return -1
  store<i32>(into, from)
  let count = 1
  let depth = 0
  /** All bits set: the block begins in a string. */
  let inString: u64 = 0
  /** Lowest bit: the byte before the block closes something. */
  let closedBefore: u64 = 0
  isEscaped = 0
  for (; p < end; p += BLOCK) {
    const left = end - p
    const live: u64 = left >= BLOCK ? ~(<u64>0) : ((<u64>1) << (<u64>left)) - 1
    const strings = inString ^ prefixXor(quotesIn(p) & live)
    inString = <u64>(<i64>strings >> 63)
    const outside = ~strings & live
    const opens = bracketsIn(p, OPEN_BRACE) & outside
    const closes = bracketsIn(p, CLOSE_BRACE) & outside
    // An item ends with two brackets: that of its last value, and its own.
    const mayEnd = closes & ((closes << 1) | closedBefore)
    closedBefore = closes >> 63
    if (mayEnd == 0) {
      depth += <i32>popcnt(opens) - <i32>popcnt(closes)
      continue
    }
    for (let brackets = opens | closes; brackets != 0; brackets &= brackets - 1) {
      const at = ctz(brackets)
      if (((opens >> at) & 1) != 0) {
        depth++
        continue
      }
      if (--depth > 0) continue
      const after = p + <usize>at + 1
      if (depth < 0) return -1
      if (after == end) return count
      if (load<u8>(after) != COMMA || load<u8>(after, 1) != OPEN_BRACE || count == most) return -1
      store<i32>(into + <usize>count * 4, <i32>(after + 1 - page))
      count++
    }
  }
  return -1
}

/** A bit for each of 64 bytes: whether it is a quote that no backslash escapes. */
function quotesIn(at: usize): u64 {
  const a = v128.load(at)
  const b = v128.load(at, 16)
  const c = v128.load(at, 32)
  const d = v128.load(at, 48)
  const quote = i8x16.splat(QUOTE)
  const quotes = bits(
    i8x16.eq(a, quote),
    i8x16.eq(b, quote),
    i8x16.eq(c, quote),
    i8x16.eq(d, quote),
  )
  const slash = i8x16.splat(BACKSLASH)
  const e = i8x16.eq(a, slash)
  const f = i8x16.eq(b, slash)
  const g = i8x16.eq(c, slash)
  const h = i8x16.eq(d, slash)
  const any = v128.any_true(v128.or(v128.or(e, f), v128.or(g, h)))
  if (!any && isEscaped == 0) return quotes
  return quotes & ~escapedBy(bits(e, f, g, h))
}

/** A bit for each byte that a backslash escapes: in a run of backslashes, every other one. */
function escapedBy(backslashes: u64): u64 {
  const slashes = backslashes & ~isEscaped
  const follows = (slashes << 1) | isEscaped
  const oddStarts = slashes & ~EVEN_BITS & ~follows
  const sum = oddStarts + slashes
  isEscaped = sum < slashes ? 1 : 0
  return (EVEN_BITS ^ (sum << 1)) & follows
}

/** A bit for each of 64 bytes: whether it is this brace, or the bracket of the same direction. */
function bracketsIn(at: usize, brace: u8): u64 {
  const bit = i8x16.splat(0x20)
  const wanted = i8x16.splat(brace)
  return bits(
    i8x16.eq(v128.or(v128.load(at), bit), wanted),
    i8x16.eq(v128.or(v128.load(at, 16), bit), wanted),
    i8x16.eq(v128.or(v128.load(at, 32), bit), wanted),
    i8x16.eq(v128.or(v128.load(at, 48), bit), wanted),
  )
}

function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>i8x16.bitmask(a) |
    ((<u64>i8x16.bitmask(b)) << 16) |
    ((<u64>i8x16.bitmask(c)) << 32) |
    ((<u64>i8x16.bitmask(d)) << 48)
  )
}

/** A bit is set if an odd number of bits are set up to it. */
function prefixXor(quotes: u64): u64 {
  let x = quotes
  x ^= x << 1
  x ^= x << 2
  x ^= x << 4
  x ^= x << 8
  x ^= x << 16
  x ^= x << 32
  return x
}

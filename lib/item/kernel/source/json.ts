/** Steps over JSON in memory. Position 0: not as DynamoDB writes it. May read 16 bytes too far. */

export const QUOTE: u8 = 0x22
export const BACKSLASH: u8 = 0x5c
export const COMMA: u8 = 0x2c
export const COLON: u8 = 0x3a
export const OPEN_BRACKET: u8 = 0x5b
export const CLOSE_BRACKET: u8 = 0x5d
export const OPEN_BRACE: u8 = 0x7b
export const CLOSE_BRACE: u8 = 0x7d

/** Where quotes and backslashes are in the 16 bytes from `at`, one bit for each byte. */
function quotesIn(at: usize): i32 {
  const bytes = v128.load(at)
  const quotes = i8x16.eq(bytes, i8x16.splat(QUOTE))
  return i8x16.bitmask(v128.or(quotes, i8x16.eq(bytes, i8x16.splat(BACKSLASH))))
}

/** Position of the next quote or backslash. `end` or more: there is none before `end`. */
function nextQuote(at: usize, end: usize): usize {
  let p = at
  while (p < end) {
    const found = quotesIn(p)
    if (found != 0) return p + ctz(found)
    p += 16
  }
  return p
}

/** Position after the string whose opening quote is at `at`. */
export function stringEnd(at: usize, end: usize): usize {
  let p = nextQuote(at + 1, end)
  while (p < end) {
    if (load<u8>(p) == QUOTE) return p + 1
    p = nextQuote(p + 2, end)
  }
  return 0
}

/** The same for a name. 0 also if the name has a backslash, which is not looked into here. */
export function nameEnd(at: usize, end: usize): usize {
  if (load<u8>(at) != QUOTE) return 0
  const p = nextQuote(at + 1, end)
  return p < end && load<u8>(p) == QUOTE ? p + 1 : 0
}

/** Position after the object, list or string that begins at `at`. */
export function valueEnd(at: usize, end: usize): usize {
  const first = load<u8>(at)
  if (first == QUOTE) return stringEnd(at, end)
  if (first == OPEN_BRACKET) return nestEnd(at, end)
  if (first != OPEN_BRACE) return 0
  // `{"S":"…"}`, or N, or B: the form of most values.
  const type = load<u8>(at + 2)
  const isScalar =
    load<u8>(at + 1) == QUOTE &&
    load<u8>(at + 3) == QUOTE &&
    load<u8>(at + 4) == COLON &&
    load<u8>(at + 5) == QUOTE &&
    type != QUOTE &&
    type != BACKSLASH
  if (!isScalar) return nestEnd(at, end)
  const after = stringEnd(at + 5, end)
  if (after == 0) return 0
  return load<u8>(after) == CLOSE_BRACE ? after + 1 : nestEnd(at, end)
}

function nestEnd(at: usize, end: usize): usize {
  let depth = 0
  let p = at
  while (p < end) {
    // Braces and brackets differ from each other in bit 5 only.
    const byte = load<u8>(p) | 0x20
    if (byte == QUOTE) {
      p = stringEnd(p, end)
      if (p == 0) return 0
      continue
    }
    if (byte == OPEN_BRACE) depth++
    else if (byte == CLOSE_BRACE && --depth == 0) return p + 1
    p++
  }
  return 0
}

/** Whether `length` bytes are the same in two places. */
export function same(a: usize, b: usize, length: usize): bool {
  let left = length
  let p = a
  let q = b
  while (left >= 16) {
    if (v128.any_true(v128.xor(v128.load(p), v128.load(q)))) return false
    p += 16
    q += 16
    left -= 16
  }
  if (left == 0) return true
  // A bit for each byte that differs. Bits beyond the end do not count.
  const differing = ~i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(q)))
  return (differing & ((1 << (<i32>left)) - 1)) == 0
}

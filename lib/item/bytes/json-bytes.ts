/**
 * Steps over JSON in its bytes, without building anything. Positions are byte
 * offsets. Bytes ≥ 0x80 only occur inside strings, so UTF-8 needs no decoding.
 */
import { TablesyncError } from '../../errors.ts'

// Each file here has its own constants: an imported one takes a quarter of a walk's speed.
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** First position at or after `at` that is not JSON white space. */
export function skipBlanks(bytes: Uint8Array, at: number): number {
  let i = at
  for (;;) {
    const byte = bytes[i]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return i
    i++
  }
}

/** Position after the string whose opening quote is at `at`. */
export function stringEnd(bytes: Uint8Array, at: number): number {
  const { length } = bytes
  for (let i = at + 1; i < length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) return i + 1
    if (byte === BACKSLASH) i++
  }
  throw malformed(bytes, at, 'a string that ends')
}

/** Position after the value that begins at `at`, of whatever kind it is. */
export function valueEnd(bytes: Uint8Array, at: number): number {
  const first = bytes[at]
  if (first === QUOTE) return stringEnd(bytes, at)
  if (first === OPEN_BRACE) return scalarEnd(bytes, at) || nestEnd(bytes, at)
  if (first === OPEN_BRACKET) return nestEnd(bytes, at)
  return literalEnd(bytes, at)
}

/** Position after `{"S":"…"}`, or N, or B, the form of most values; 0 for any other value. */
function scalarEnd(bytes: Uint8Array, at: number): number {
  const isScalar =
    bytes[at + 5] === QUOTE &&
    bytes[at + 4] === COLON &&
    bytes[at + 3] === QUOTE &&
    bytes[at + 2] !== QUOTE &&
    bytes[at + 2] !== BACKSLASH &&
    bytes[at + 1] === QUOTE
  if (!isScalar) return 0
  const end = stringEnd(bytes, at + 5)
  return bytes[end] === CLOSE_BRACE ? end + 1 : 0
}

/**
 * Calls `visit` with each member of the object at `at`; `visit` gets the span of the quoted name
 * and the start of the value, and returns the end of the value. Returns the position after the
 * object.
 */
export function eachMember(
  bytes: Uint8Array,
  at: number,
  visit: (nameStart: number, nameEnd: number, valueStart: number) => number,
): number {
  if (bytes[at] !== OPEN_BRACE) throw malformed(bytes, at, 'an object')
  let i = skipBlanks(bytes, at + 1)
  if (bytes[i] === CLOSE_BRACE) return i + 1
  for (;;) {
    if (bytes[i] !== QUOTE) throw malformed(bytes, i, 'a name')
    const nameEnd = stringEnd(bytes, i)
    const colon = skipBlanks(bytes, nameEnd)
    if (bytes[colon] !== COLON) throw malformed(bytes, colon, 'a colon')
    i = skipBlanks(bytes, visit(i, nameEnd, skipBlanks(bytes, colon + 1)))
    if (bytes[i] === CLOSE_BRACE) return i + 1
    if (bytes[i] !== COMMA) throw malformed(bytes, i, 'a comma or the end of an object')
    i = skipBlanks(bytes, i + 1)
  }
}

/** Like `eachMember`, for the elements of the array at `at`. */
export function eachElement(
  bytes: Uint8Array,
  at: number,
  visit: (valueStart: number) => number,
): number {
  if (bytes[at] !== OPEN_BRACKET) throw malformed(bytes, at, 'an array')
  let i = skipBlanks(bytes, at + 1)
  if (bytes[i] === CLOSE_BRACKET) return i + 1
  for (;;) {
    i = skipBlanks(bytes, visit(i))
    if (bytes[i] === CLOSE_BRACKET) return i + 1
    if (bytes[i] !== COMMA) throw malformed(bytes, i, 'a comma or the end of an array')
    i = skipBlanks(bytes, i + 1)
  }
}

/** Whether two spans hold the same bytes. */
export function sameSpan(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean {
  const length = aEnd - aStart
  if (bEnd - bStart !== length) return false
  for (let at = 0; at < length; at++) if (a[aStart + at] !== b[bStart + at]) return false
  return true
}

/** Whether anything in a span is escaped. */
export function hasBackslash(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === 0x5c) return true
  return false
}

/** The text of a span. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return asBuffer(bytes).toString('utf8', start, end)
}

/** The string whose quotes are at `start` and before `end`, unescaped. */
export function stringOf(bytes: Uint8Array, start: number, end: number): string {
  const text = textOf(bytes, start, end)
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1)
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function malformed(bytes: Uint8Array, at: number, expected: string): TablesyncError {
  const came = at < bytes.length ? `byte 0x${bytes[at]?.toString(16)}` : 'the end'
  return badResponse(`Expected ${expected} at byte ${at} of a response, got ${came}`)
}

export const badResponse = (message: string) =>
  new TablesyncError(message, {
    code: 'BAD_RESPONSE',
    scope: 'segment',
    hint: 'Check that the endpoint is DynamoDB, and that no proxy rewrites its answers.',
  })

function nestEnd(bytes: Uint8Array, at: number): number {
  const { length } = bytes
  let depth = 0
  for (let i = at; i < length; i++) {
    // Braces and brackets differ from each other in bit 5 only.
    const byte = (bytes[i] as number) | 0x20
    if (byte === QUOTE) i = stringEnd(bytes, i) - 1
    else if (byte === OPEN_BRACE) depth++
    else if (byte === CLOSE_BRACE && --depth === 0) return i + 1
  }
  throw malformed(bytes, length, 'the end of a value')
}

function literalEnd(bytes: Uint8Array, at: number): number {
  let i = at
  for (;;) {
    const byte = bytes[i]
    const inside =
      byte !== undefined &&
      (byte > COLON || (byte >= 0x2b && byte !== COMMA)) &&
      byte !== CLOSE_BRACE &&
      byte !== CLOSE_BRACKET
    if (!inside) break
    i++
  }
  if (i === at) throw malformed(bytes, at, 'a value')
  return i
}

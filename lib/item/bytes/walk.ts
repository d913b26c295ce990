/** Walks along a page's items and notes where each item and its key stand. Builds nothing. */

import { type ItemPage, type KeyNames, STRIDE } from '../page.ts'
import {
  eachElement,
  hasBackslash,
  malformed,
  skipBlanks,
  stringEnd,
  stringOf,
  valueEnd,
} from './json-bytes.ts'

/** Reused by every walk of a thread: a walk runs to its end without a pause. */
const scratch = { spans: new Int32Array(STRIDE * 8192) }

/**
 * Walks the array of items at `at`. Returns where they stand, and the position
 * after the array.
 */
export function walkItems(
  bytes: Uint8Array,
  at: number,
  names: KeyNames,
): { page: ItemPage; end: number } {
  let count = 0
  const end = eachElement(bytes, at, (start) => {
    const base = count++ * STRIDE
    if (base + STRIDE > scratch.spans.length) scratch.spans = grown(scratch.spans)
    return walkItem(bytes, start, names, base)
  })
  const spans = scratch.spans.slice(0, count * STRIDE)
  return { page: { bytes, count, spans }, end }
}

/** Walks one item. Its spans are valid until the next walk of this thread. */
export function walkOne(bytes: Uint8Array, at: number, names: KeyNames): Int32Array {
  walkItem(bytes, at, names, 0)
  return scratch.spans
}

/** Notes the spans of one item at `base` of the scratch; returns the position after the item. */
function walkItem(bytes: Uint8Array, at: number, names: KeyNames, base: number): number {
  const { partition, sort } = names
  const { spans } = scratch
  spans[base] = at
  spans.fill(0, base + 2, base + STRIDE)
  if (bytes[at] !== 0x7b) throw malformed(bytes, at, 'an item')
  let i = skipBlanks(bytes, at + 1)
  while (bytes[i] !== 0x7d) {
    if (bytes[i] !== 0x22) throw malformed(bytes, i, 'an attribute name')
    const nameEnd = stringEnd(bytes, i)
    const colon = skipBlanks(bytes, nameEnd)
    if (bytes[colon] !== 0x3a) throw malformed(bytes, colon, 'a colon')
    const value = skipBlanks(bytes, colon + 1)
    const end = valueEnd(bytes, value)
    if (isName(bytes, i, nameEnd, partition)) {
      spans[base + 2] = value
      spans[base + 3] = end
    } else if (sort !== undefined && isName(bytes, i, nameEnd, sort)) {
      spans[base + 4] = value
      spans[base + 5] = end
    }
    i = skipBlanks(bytes, end)
    if (bytes[i] === 0x2c) i = skipBlanks(bytes, i + 1)
    else if (bytes[i] !== 0x7d) throw malformed(bytes, i, 'a comma or the end of an item')
  }
  if (spans[base + 3] === 0 || (sort !== undefined && spans[base + 5] === 0)) {
    throw malformed(bytes, at, 'an item that has its key')
  }
  spans[base + 1] = i + 1
  return i + 1
}

function isName(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  const { length } = name
  if (end - start - 2 === length) {
    let i = 0
    while (i < length && bytes[start + 1 + i] === name[i]) i++
    // JSON escapes a backslash or a quote in a name, so equal bytes mean equal names unless the
    // name itself has one. Such names are compared below.
    if (i === length && !hasEscapable(name)) return true
  }
  // An escaped spelling is longer than the name it stands for.
  if (end - start - 2 <= length || !hasBackslash(bytes, start, end)) return false
  return stringOf(bytes, start, end) === Buffer.from(name).toString()
}

function hasEscapable(name: Uint8Array): boolean {
  for (const byte of name) if (byte === 0x5c || byte === 0x22 || byte < 0x20) return true
  return false
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}

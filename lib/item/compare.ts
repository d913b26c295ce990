/** Judges pairs: by their bytes, then by attributes in any order, then by digests of the items. */
import type { WireItem } from '../model/wire.ts'
import { asBuffer, sameSpan, textOf } from './bytes/json-bytes.ts'
import { compareMembers } from './bytes/same-members.ts'
import type { Digest, DigestOf } from './digest.ts'
import { canonicalItem } from './normalise.ts'
import { type ItemPage, itemEnd, itemStart, STRIDE } from './page.ts'
import type { Compared } from './places/compared.ts'

export interface ItemComparer {
  /** True if the items are equal: the same bytes, the same attributes, or the same digest. */
  equal(a: ItemPage, i: number, b: ItemPage, j: number): boolean
  /** The same for equal items only, after normalising them. What is not compared does not count. */
  digest(page: ItemPage, item: number): Digest
  /** The same for items of the same bytes. Equal items that are spelt differently have others. */
  literalDigest(page: ItemPage, item: number): Digest
}

export function itemComparer(digestOf: DigestOf, compared: Compared): ItemComparer {
  const digest = (page: ItemPage, item: number) =>
    digestOf(canonicalOrLiteral(page, item, compared))
  const equal: ItemComparer['equal'] = (a, i, b, j) => {
    if (sameBytes(a, i, b, j)) return true
    const verdict = compareMembers(a, i, b, j, compared)
    return verdict === 'unsure' ? digest(a, i) === digest(b, j) : verdict === 'same'
  }
  return {
    equal,
    digest,
    literalDigest: ({ bytes, spans }, item) =>
      digestOf(bytes.subarray(spans[item * STRIDE], spans[item * STRIDE + 1])),
  }
}

/** A garbled item, of values that no type has, equals only what is spelt the same. */
function canonicalOrLiteral(page: ItemPage, item: number, compared: Compared): string {
  try {
    return canonicalItem(parseItem(page, item), compared)
  } catch {
    return `?${itemText(page, item)}`
  }
}

/** Up to this length, a loop is faster than a call out of JavaScript. */
const SHORT = 96

export function sameBytes(a: ItemPage, i: number, b: ItemPage, j: number): boolean {
  const start = itemStart(a, i)
  const end = itemEnd(a, i)
  const other = itemStart(b, j)
  const length = end - start
  if (itemEnd(b, j) - other !== length) return false
  if (length > SHORT) {
    return asBuffer(a.bytes).compare(b.bytes, other, other + length, start, end) === 0
  }
  return sameSpan(a.bytes, start, end, b.bytes, other, other + length)
}

export function itemText(page: ItemPage, item: number): string {
  return textOf(page.bytes, itemStart(page, item), itemEnd(page, item))
}

/** Nobody may change what this returns: it may be returned again. */
export function parseItem(page: ItemPage, item: number): WireItem {
  const known = page.parsed?.[item]
  if (known !== undefined) return known
  const parsed = JSON.parse(itemText(page, item)) as WireItem
  if (page.parsed !== undefined) page.parsed[item] = parsed
  return parsed
}

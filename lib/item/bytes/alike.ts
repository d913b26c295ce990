/** Finds stretches of two pages that are the same bytes, so that no item in them is looked at. */

import type { Extent, ItemPage } from '../page.ts'
import { asBuffer } from './json-bytes.ts'

const COMMA = 0x2c

/** An item of a page with an extent, and the byte at which the item begins. */
export interface Place {
  readonly page: ItemPage & { readonly extent: Extent }
  readonly item: number
  readonly at: number
}

export interface Alike {
  /** This many items are the same. */
  readonly count: number
  /** Where the next item begins on each page. It is the end of the items if there is none. */
  readonly a: number
  readonly b: number
}

/** What both pages share from here to the end of one of them. Undefined: they differ earlier. */
export function alikeToEnd(a: Place, b: Place): Alike | undefined {
  const length = Math.min(bytesLeft(a), bytesLeft(b))
  if (length <= 0 || !sameFrom(a, b, length)) return undefined
  const aNext = nextItem(a, length)
  const bNext = nextItem(b, length)
  if (aNext === undefined || bNext === undefined) return undefined
  const count = aNext === a.page.extent.end ? itemsLeft(a) : itemsLeft(b)
  const isWhole = (place: Place, next: number) =>
    next === place.page.extent.end ? itemsLeft(place) === count : itemsLeft(place) > count
  return isWhole(a, aNext) && isWhole(b, bNext) ? { count, a: aNext, b: bNext } : undefined
}

const bytesLeft = ({ page, at }: Place) => page.extent.end - at
const itemsLeft = ({ page, item }: Place) => page.count - item

function sameFrom(a: Place, b: Place, length: number): boolean {
  const bytes = asBuffer(a.page.bytes)
  return bytes.compare(b.page.bytes, b.at, b.at + length, a.at, a.at + length) === 0
}

/** Where the next item begins, or the end of the items. Undefined: the stretch ends in an item. */
function nextItem({ page, at }: Place, length: number): number | undefined {
  const after = at + length
  if (after === page.extent.end) return after
  return page.bytes[after] === COMMA ? after + 1 : undefined
}

/** Finds how far two pages are the same bytes, so that no item in between is looked at. */
import type { ItemPage, PlainPage } from '../page.ts'
import { asBuffer } from './json-bytes.ts'

const COMMA = 0x2c

/** An item of a page, the byte at which it begins, and the one after the last item. */
export interface Place {
  readonly page: ItemPage
  readonly item: number
  readonly at: number
  readonly end: number
}

type PlainPlace = Place & { readonly page: PlainPage }

export interface Alike {
  /** This many items are the same. */
  readonly count: number
  /** Where the next item begins on each page. It is the end of the items if there is none. */
  readonly a: number
  readonly b: number
}

/** The items from here on that are the same bytes on both pages. */
export function alikeFrom(a: PlainPlace, b: PlainPlace): Alike {
  const most = Math.min(bytesLeft(a), bytesLeft(b))
  const length = sharedLength(a, b, most)
  const count = length < most ? wholeItems(a, length) : itemsLeft(bytesLeft(b) === most ? b : a)
  if (count === 0) return { count, a: a.at, b: b.at }
  const end = length < most ? endOfItem(a.page, a.item + count - 1) : a.at + most
  return { count, a: after(a, end), b: after(b, end - a.at + b.at) }
}

const bytesLeft = ({ at, end }: Place) => end - at
const itemsLeft = ({ page, item }: Place) => page.count - item

/** Where the next item begins, if the one before it ends at `end`. */
const after = ({ page }: Place, end: number) => (page.bytes[end] === COMMA ? end + 1 : end)

const endOfItem = ({ starts, extent, count }: PlainPage, item: number) =>
  item + 1 < count ? (starts[item + 1] as number) - 1 : extent.end

/** How many items end within so many bytes. */
function wholeItems({ page, item, at }: PlainPlace, length: number): number {
  let [low, high] = [item, page.count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (endOfItem(page, middle) <= at + length) low = middle + 1
    else high = middle
  }
  return low - item
}

/** The first bytes that are compared at once, and the most. */
const FIRST = 1 << 10
const MOST = 1 << 18

/** Fewer bytes than this are compared one by one: a call out of JavaScript takes longer. */
const FEW = 48

/** How many bytes from here on are the same, at most `most`. */
function sharedLength(a: Place, b: Place, most: number): number {
  const [ours, theirs] = [asBuffer(a.page.bytes), asBuffer(b.page.bytes)]
  const areSame = (from: number, to: number) =>
    ours.compare(theirs, b.at + from, b.at + to, a.at + from, a.at + to) === 0
  let same = 0
  let step = FIRST
  while (same < most && areSame(same, Math.min(same + step, most))) {
    same = Math.min(same + step, most)
    step = Math.min(step * 2, MOST)
  }
  if (same === most) return most
  // They differ before `end`: halve what is in doubt until it is short.
  let end = Math.min(same + step, most)
  while (end - same > FEW) {
    const middle = (same + end) >>> 1
    if (areSame(same, middle)) same = middle
    else end = middle
  }
  while (ours[a.at + same] === theirs[b.at + same]) same++
  return same
}

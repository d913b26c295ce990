/**
 * A page of items: the response's bytes, and where in them each item and its
 * key stand. Items are told apart by position; none is built.
 */
import type { KeySchema } from '../model/tables/table.ts'

/** Numbers per item in `spans`: item start and end, and both of each key value. */
export const STRIDE = 6

export interface ItemPage {
  readonly bytes: Uint8Array
  readonly count: number
  /** `STRIDE` byte offsets an item; the sort key's are 0 where there is none. */
  readonly spans: Int32Array
  /** Absent: known of the items one by one only. */
  readonly extent?: Extent
  /** Says that one of its holders is done with the page. Absent: nobody has to know. */
  release?(): void
  /** Says that an item of it is kept for longer: its bytes are nobody else's then. */
  keep?(): void
}

const NO_ITEMS = new Int32Array(0)

export const noItems = (bytes: Uint8Array): ItemPage => ({ bytes, count: 0, spans: NO_ITEMS })

/** Where a page's items stand in its bytes: from the first one's start to the bracket after the last. */
export interface Extent {
  readonly start: number
  readonly end: number
}

/** A key attribute's name as the walk compares it: its bytes in JSON, unescaped. */
export interface KeyNames {
  readonly schema: KeySchema
  readonly partition: Uint8Array
  readonly sort: Uint8Array | undefined
}

export function keyNames(schema: KeySchema): KeyNames {
  return {
    schema,
    partition: Buffer.from(schema[0].name),
    sort: schema[1] && Buffer.from(schema[1].name),
  }
}

export const itemStart = (page: ItemPage, item: number): number =>
  page.spans[item * STRIDE] as number
export const itemEnd = (page: ItemPage, item: number): number =>
  page.spans[item * STRIDE + 1] as number
export const keyStart = (page: ItemPage, item: number, part: 0 | 1): number =>
  page.spans[item * STRIDE + 2 + part * 2] as number
export const keyEnd = (page: ItemPage, item: number, part: 0 | 1): number =>
  page.spans[item * STRIDE + 3 + part * 2] as number

/** One item on a page of its own: what is kept of a page does not keep all of it. */
export function detached(page: ItemPage, item: number): { page: ItemPage; item: number } {
  const start = itemStart(page, item)
  const spans = page.spans.slice(item * STRIDE, (item + 1) * STRIDE)
  for (let at = 0; at < spans.length; at++)
    if (spans[at] !== 0) spans[at] = (spans[at] as number) - start
  // A Buffer's own `slice` is a view of the same bytes.
  const bytes = Uint8Array.prototype.slice.call(page.bytes, start, itemEnd(page, item))
  return { page: { bytes, count: 1, spans }, item: 0 }
}

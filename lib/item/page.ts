/**
 * A page of items: the response's bytes, and where in them each item and its
 * key stand. Items are told apart by position; none is built.
 */
import type { KeySchema } from '../model/table.ts'

/** Numbers per item in `spans`: item start and end, both of each key value, first member and how many. */
export const STRIDE = 8

/** Numbers per member in `members`: name start and end, value start and end. */
export const MEMBER_STRIDE = 4

export interface ItemPage {
  readonly bytes: Uint8Array
  readonly count: number
  /** `STRIDE` byte offsets an item; the sort key's are 0 where there is none. */
  readonly spans: Int32Array
  /** `MEMBER_STRIDE` byte offsets a member of an item. Absent: not noted. */
  readonly members?: Int32Array | undefined
  /** Absent: known of the items one by one only. */
  readonly extent?: Extent
  /** Says that one of its holders is done with the page. Absent: nobody has to know. */
  release?(): void
}

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

/** Hands over the spans of an item's members, name and value; false where they were not noted. */
export function eachNotedMember(
  { spans, members }: ItemPage,
  item: number,
  visit: (nameStart: number, nameEnd: number, valueStart: number, valueEnd: number) => void,
): boolean {
  if (members === undefined) return false
  const first = spans[item * STRIDE + 6] as number
  const end = first + (spans[item * STRIDE + 7] as number) * MEMBER_STRIDE
  for (let at = first; at < end; at += MEMBER_STRIDE) {
    visit(
      members[at] as number,
      members[at + 1] as number,
      members[at + 2] as number,
      members[at + 3] as number,
    )
  }
  return true
}

/** One item on a page of its own: what is kept of a page does not keep all of it. */
export function detached(page: ItemPage, item: number): { page: ItemPage; item: number } {
  const start = itemStart(page, item)
  const spans = page.spans.slice(item * STRIDE, item * STRIDE + 6)
  for (let at = 0; at < spans.length; at++)
    if (spans[at] !== 0) spans[at] = (spans[at] as number) - start
  return { page: { bytes: page.bytes.slice(start, itemEnd(page, item)), count: 1, spans }, item: 0 }
}

/**
 * A page of items: the bytes of the response, and where in them each item and its key stand. Items
 * are identified by position, and never built.
 */
import type { TablesyncError } from '../errors.ts'
import type { KeySchema } from '../model/tables/table.ts'
import type { WireItem } from '../model/wire.ts'

/** Numbers for each item in `spans`: start and end of the item, and of each key value. */
export const STRIDE = 6

export interface ItemPage {
  readonly bytes: Uint8Array
  readonly count: number
  /** `STRIDE` byte offsets for each item. Those of the sort key are 0 if there is none. */
  readonly spans: Int32Array
  /** Items that could not be changed as the run asks: only their keys are here. Absent: none. */
  readonly refusals?: ReadonlyMap<number, TablesyncError>
  /** Items that were parsed, by index; for pages of few items that are parsed time and again. */
  readonly parsed?: (WireItem | undefined)[]
  /** By item: the master's key, sealed, where it has another. Absent: all have their own keys. */
  readonly origins?: readonly (string | undefined)[]
  /**
   * Called when one of the page's holders is done with it: its bytes may be overwritten then.
   * Absent: they stay as long as somebody holds the page.
   */
  release?(): void
}

/** A page whose items stand one after the other, without blanks, so that one is found by itself. */
export interface PlainPage extends ItemPage {
  readonly extent: Extent
  /** Whether `spans` is known. If not, the first look at it walks the whole page. */
  readonly isWalked: boolean
  /** Where each item begins. Takes a fifth of the time of a walk. */
  readonly starts: Int32Array
  /** Where the last item begins. */
  readonly lastStart: number
  /** The spans of the one item that begins at a byte; valid until the next walk. */
  spansAt(start: number): Int32Array
  /** The error that an item does not begin where the items before it lead to. */
  misplaced(start: number): unknown
  release(): void
}

export const isPlain = (page: ItemPage): page is PlainPage => 'extent' in page

const NO_ITEMS = new Int32Array(0)

export const noItems = (bytes: Uint8Array): ItemPage => ({ bytes, count: 0, spans: NO_ITEMS })

/** Where a page's items are in its bytes: from the first one to the bracket after the last. */
export interface Extent {
  readonly start: number
  readonly end: number
}

/** The names of the key attributes as the walk compares them: UTF-8 bytes, unescaped. */
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

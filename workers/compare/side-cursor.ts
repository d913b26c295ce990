/** One side of an alignment: its page in hand, and how far that was read. */
import type { Place } from '../../lib/item/bytes/alike.ts'
import { malformed } from '../../lib/item/bytes/json-bytes.ts'
import { type ItemPage, itemStart } from '../../lib/item/page.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import { Window } from './unmatched-window.ts'

export interface SideCursor {
  page: ItemPage | undefined
  at: number
  /** The byte at which that item begins, if known without a walk over the page. */
  offset: number | undefined
  ended: boolean
  readonly window: Window
}

/** A cursor with an item that can be taken. */
export type InHand = SideCursor & { page: ItemPage }

export function newSideCursor(schema: KeySchema): SideCursor {
  return { page: undefined, at: 0, offset: undefined, ended: false, window: new Window(schema) }
}

export function hasItem(cursor: SideCursor): cursor is InHand {
  return cursor.page !== undefined && cursor.at < cursor.page.count
}

/** Undefined: the page does not know its extent. */
export function placeIn({ page, at, offset }: InHand): Place | undefined {
  const { extent } = page
  return extent && { page: page as Place['page'], item: at, at: offset ?? itemStart(page, at) }
}

/** Checks an item that was reached without a walk: the walk must find it at the same byte. */
export function checkPlace(cursor: InHand): void {
  const { page, at, offset } = cursor
  cursor.offset = undefined
  if (offset !== undefined && itemStart(page, at) !== offset) {
    throw malformed(page.bytes, offset, 'as many items as a response says it has')
  }
}

export function goOn(cursor: InHand, count: number, offset: number): void {
  cursor.at += count
  cursor.offset = offset
}

export const isDone = (cursor: SideCursor) => cursor.ended && !hasItem(cursor)

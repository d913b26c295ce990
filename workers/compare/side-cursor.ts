/** One side of an alignment: its page in hand, and how far that was read. */
import type { Place } from '../../lib/item/bytes/alike.ts'
import { skipBlanks } from '../../lib/item/bytes/json-bytes.ts'
import type { ItemCopies } from '../../lib/item/item-copies.ts'
import { type Keyed, keyed } from '../../lib/item/key-hash.ts'
import { type ItemPage, isPlain, itemEnd, itemStart, type PlainPage } from '../../lib/item/page.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import { Window } from './unmatched-window.ts'

/**
 * Once there were so many looks at items of a page, and one for so many items, the kernel is to
 * compare item by item. If they go on, the page is walked, which takes a fraction of the time that a
 * walk of each item takes.
 */
const LOOKS = { beforeDense: 32, beforeWalk: 256 }
const ITEMS_A_LOOK = 8

const COMMA = 0x2c
const OPEN_BRACE = 0x7b

/** An item by its place on a page. */
interface Found {
  readonly page: ItemPage
  readonly item: number
}

export class SideCursor {
  readonly window: Window
  readonly #schema: KeySchema
  readonly #copies: ItemCopies
  page: ItemPage | undefined
  /** The index of the next item. */
  at = 0
  ended = false
  /** The byte at which that item begins, on a page that is not walked. */
  #start = 0
  /** The next item, once it was looked at, and where it ends. */
  #next: Found | undefined
  #end = 0
  /** How many items of the page were looked at. */
  #looks = 0

  constructor(schema: KeySchema, copies: ItemCopies) {
    this.window = new Window(schema)
    this.#schema = schema
    this.#copies = copies
  }

  /** Takes the next page; undefined: the side has ended. The page before is released. */
  feed(page: ItemPage | undefined): void {
    this.page?.release?.()
    this.page = page
    this.at = 0
    this.ended = page === undefined
    this.#next = undefined
    this.#start = page !== undefined && isPlain(page) ? page.extent.start : 0
    this.#looks = 0
  }

  get hasItem(): boolean {
    return this.page !== undefined && this.at < this.page.count
  }

  /** Whether no item is left, and no page will come. */
  get isDone(): boolean {
    return this.ended && !this.hasItem
  }

  /** Where the next item is. */
  get place(): Place {
    const page = this.page as ItemPage
    const at = !isPlain(page) || page.isWalked ? itemStart(page, this.at) : this.#start
    return { page, item: this.at, at, end: endOfItems(page) }
  }

  /** The same, while stretches of bytes may be compared. */
  get plainPlace(): (Place & { readonly page: PlainPage }) | undefined {
    const place = this.place
    const { page } = place
    return isPlain(page) && !this.#isDense(LOOKS.beforeDense) ? { ...place, page } : undefined
  }

  /** Whether a page may end after so many items just there; `start`: where the next one begins. */
  leadsTo(count: number, start: number): boolean {
    const { page } = this
    if (page === undefined || !isPlain(page) || page.isWalked) return true
    return this.at + count >= page.count === start >= page.extent.end
  }

  /**
   * Walks the page in hand: that fails if it does not hold as many items as it says, or if others
   * were counted before the next one.
   */
  walk(): void {
    const { page } = this
    if (page !== undefined && isPlain(page) && !page.isWalked) this.#walk(page)
  }

  /** Skips items that were not looked at; `start`: where the next one begins. */
  skip(count: number, start: number): void {
    const fits = this.leadsTo(count, start)
    this.at += count
    this.#start = start
    this.#next = undefined
    if (!fits) this.walk()
  }

  /** The next item, which stays the next one. It is a copy, or on the page in hand. */
  look(): Found {
    this.#next ??= this.#find()
    return this.#next
  }

  /** Takes the next item. */
  take(): Keyed {
    const { page, item } = this.look()
    this.pass()
    return keyed(page, item, this.#schema)
  }

  /** Goes on to the item after the one that was looked at. */
  pass(): void {
    this.skip(1, this.#end)
  }

  /** The same item, in a place that outlives the page in hand. */
  lasting({ page, item, hash }: Keyed): Keyed {
    return { ...this.#copies.lasting(page, item), hash }
  }

  #isDense(looks: number): boolean {
    return this.#looks > looks && this.#looks * ITEMS_A_LOOK > this.at
  }

  #find(): Found {
    const page = this.page as ItemPage
    this.#looks++
    if (!isPlain(page) || page.isWalked) return { page, item: this.at }
    const { bytes } = page
    if (!this.#isDense(LOOKS.beforeWalk) && bytes[this.#start] === OPEN_BRACE) {
      const spans = page.spansAt(this.#start)
      const end = spans[1] as number
      this.#end = bytes[end] === COMMA ? end + 1 : end
      return this.#copies.add(bytes, spans, 0)
    }
    this.#walk(page)
    return { page, item: this.at }
  }

  /** Walks a page some of whose items were skipped: the walk must find the next one there too. */
  #walk(page: PlainPage): void {
    const start = nextPlace(page.bytes, this.#start)
    const isThere =
      this.at < page.count ? itemStart(page, this.at) === start : start === page.extent.end
    if (!isThere) throw page.misplaced(start)
  }
}

/** Where something stands again, if blanks are around the comma between two items. */
function nextPlace(bytes: Uint8Array, at: number): number {
  const place = skipBlanks(bytes, at)
  return bytes[place] === COMMA ? skipBlanks(bytes, place + 1) : place
}

const endOfItems = (page: ItemPage) =>
  isPlain(page) ? page.extent.end : itemEnd(page, page.count - 1)

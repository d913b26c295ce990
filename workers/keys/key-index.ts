/**
 * Items in the order in which they came, which can be found by key: a queue and a hash table in
 * one. An entry is a few numbers and no object, so that tens of thousands of them cost the garbage
 * collector nothing. Entries are put into the hash table only once something is looked for.
 */
import { type Keyed, sameKey } from '../../lib/item/key-hash.ts'
import type { ItemPage } from '../../lib/item/page.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'

const SMALLEST = 64

const GONE = -1

/** Where an entry is; valid until the next one is added. */
export type Place = number

export class KeyIndex {
  readonly #schema: KeySchema
  /** Pages that entries are on, in the order in which they came; undefined: no entry is left. */
  #pages: (ItemPage | undefined)[] = []
  #entriesOn: number[] = []
  /** By place: the number of its page; `GONE` if the entry is gone. */
  #pageNumbers = new Int32Array(SMALLEST)
  #items = new Int32Array(SMALLEST)
  #hashes = new Int32Array(SMALLEST)
  #tags = new Uint8Array(SMALLEST)
  /**
   * Places by hash, plus one; there are twice as many slots as entries, so that a free one is near.
   */
  #slots: Int32Array | undefined
  /** Entries from here on are not in the slots yet. */
  #unhashed: Place = 0
  /** No entry is before this place, */
  #first: Place = 0
  /** and none here or after. */
  #end: Place = 0
  #size = 0

  constructor(schema: KeySchema) {
    this.#schema = schema
  }

  get size(): number {
    return this.#size
  }

  /** The entry of a key; undefined if there is none. */
  find(key: Keyed): Place | undefined {
    if (this.#size === 0) return undefined
    const slots = this.#hashed()
    const mask = slots.length - 1
    for (let at = key.hash & mask; ; at = (at + 1) & mask) {
      const place = (slots[at] as number) - 1
      if (place < 0) return undefined
      const mayBe = this.#hashes[place] === key.hash && !this.#isGone(place)
      if (mayBe && sameKey(this.at(place), key, this.#schema)) return place
    }
  }

  /** Adds a key that has no entry; `tag` is a byte to remember with it. */
  add({ page, item, hash }: Keyed, tag = 0): void {
    if (this.#end === this.#items.length) this.#makeRoom()
    this.#put(page, item, hash, tag)
    this.#size++
  }

  at(place: Place): Keyed {
    return {
      page: this.#pages[this.#pageNumbers[place] as number] as ItemPage,
      item: this.#items[place] as number,
      hash: this.#hashes[place] as number,
    }
  }

  tagAt(place: Place): number {
    return this.#tags[place] as number
  }

  remove(place: Place): void {
    const number = this.#pageNumbers[place] as number
    this.#pageNumbers[place] = GONE
    this.#size--
    const left = (this.#entriesOn[number] as number) - 1
    this.#entriesOn[number] = left
    // A page without entries must not be held in memory by this index.
    if (left === 0) this.#pages[number] = undefined
  }

  /** Where the oldest entry is; undefined if there is none. */
  get oldest(): Place | undefined {
    if (this.#size === 0) return undefined
    while (this.#isGone(this.#first)) this.#first++
    return this.#first
  }

  /** Where the next entry after `place` is; undefined if that is the youngest. */
  after(place: Place): Place | undefined {
    for (let next = place + 1; next < this.#end; next++) {
      if (!this.#isGone(next)) return next
    }
    return undefined
  }

  #isGone(place: Place): boolean {
    return this.#pageNumbers[place] === GONE
  }

  #put(page: ItemPage, item: number, hash: number, tag: number): void {
    const place = this.#end++
    this.#pageNumbers[place] = this.#enter(page)
    this.#items[place] = item
    this.#hashes[place] = hash
    this.#tags[place] = tag
  }

  /** Counts an entry of a page; returns the page's number. */
  #enter(page: ItemPage): number {
    const last = this.#pages.length - 1
    if (last >= 0 && this.#pages[last] === page) {
      this.#entriesOn[last] = (this.#entriesOn[last] as number) + 1
      return last
    }
    this.#pages.push(page)
    this.#entriesOn.push(1)
    return last + 1
  }

  #hashed(): Int32Array {
    this.#slots ??= new Int32Array(2 * this.#items.length)
    const slots = this.#slots
    const mask = slots.length - 1
    for (; this.#unhashed < this.#end; this.#unhashed++) {
      let at = (this.#hashes[this.#unhashed] as number) & mask
      while (slots[at] !== 0) at = (at + 1) & mask
      slots[at] = this.#unhashed + 1
    }
    return slots
  }

  /** Closes the gaps, and grows if that is not enough. */
  #makeRoom(): void {
    const [pages, numbers] = [this.#pages, this.#pageNumbers]
    const [items, hashes, tags] = [this.#items, this.#hashes, this.#tags]
    const length = items.length * (this.#size * 2 > items.length ? 2 : 1)
    this.#pages = []
    this.#entriesOn = []
    this.#pageNumbers = new Int32Array(length)
    this.#items = new Int32Array(length)
    this.#hashes = new Int32Array(length)
    this.#tags = new Uint8Array(length)
    this.#slots = undefined
    this.#unhashed = 0
    this.#first = 0
    this.#end = 0
    for (let place = 0; place < numbers.length; place++) {
      const number = numbers[place] as number
      if (number === GONE) continue
      this.#put(
        pages[number] as ItemPage,
        items[place] as number,
        hashes[place] as number,
        tags[place] as number,
      )
    }
  }
}

/**
 * Items in the order in which they came, to be found by key: a queue and a hash
 * table in one. An entry is a few numbers and no object, so that ten thousands
 * of them cost the garbage collector nothing.
 */
import { type Keyed, sameKey } from '../item/key-hash.ts'
import type { ItemPage } from '../item/page.ts'
import type { KeySchema } from '../model/table.ts'

const SMALLEST = 64

/** Where an entry stands; it holds until the next one is added. */
export type Place = number

export class KeyQueue {
  readonly #schema: KeySchema
  /** By place; undefined where the entry is gone, or none was yet. */
  #pages = noPages(SMALLEST)
  #items = new Int32Array(SMALLEST)
  #hashes = new Int32Array(SMALLEST)
  #tags = new Uint8Array(SMALLEST)
  /** Places by hash, plus one; twice as many as entries fit, so that a free one is near. */
  #slots = new Int32Array(2 * SMALLEST)
  /** No entry stands before it, */
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

  /** The entry of a key; undefined where there is none. */
  find(key: Keyed): Place | undefined {
    if (this.#size === 0) return undefined
    const mask = this.#slots.length - 1
    for (let at = key.hash & mask; ; at = (at + 1) & mask) {
      const place = (this.#slots[at] as number) - 1
      if (place < 0) return undefined
      const mayBe = this.#hashes[place] === key.hash && this.#pages[place] !== undefined
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
      page: this.#pages[place] as ItemPage,
      item: this.#items[place] as number,
      hash: this.#hashes[place] as number,
    }
  }

  tagAt(place: Place): number {
    return this.#tags[place] as number
  }

  remove(place: Place): void {
    this.#pages[place] = undefined
    this.#size--
  }

  /** Where the oldest entry stands; undefined where there is none. */
  get oldest(): Place | undefined {
    if (this.#size === 0) return undefined
    while (this.#pages[this.#first] === undefined) this.#first++
    return this.#first
  }

  /** Where the next entry after `place` stands; undefined where that is the youngest. */
  after(place: Place): Place | undefined {
    for (let next = place + 1; next < this.#end; next++) {
      if (this.#pages[next] !== undefined) return next
    }
    return undefined
  }

  #put(page: ItemPage, item: number, hash: number, tag: number): void {
    const place = this.#end++
    this.#pages[place] = page
    this.#items[place] = item
    this.#hashes[place] = hash
    this.#tags[place] = tag
    const slots = this.#slots
    const mask = slots.length - 1
    let at = hash & mask
    while (slots[at] !== 0) at = (at + 1) & mask
    slots[at] = place + 1
  }

  /** Closes the gaps, and grows where that is not enough. */
  #makeRoom(): void {
    const [pages, items, hashes, tags] = [this.#pages, this.#items, this.#hashes, this.#tags]
    const length = items.length * (this.#size * 2 > items.length ? 2 : 1)
    this.#pages = noPages(length)
    this.#items = new Int32Array(length)
    this.#hashes = new Int32Array(length)
    this.#tags = new Uint8Array(length)
    this.#slots = new Int32Array(2 * length)
    this.#first = 0
    this.#end = 0
    for (let place = 0; place < pages.length; place++) {
      const page = pages[place]
      if (page === undefined) continue
      this.#put(page, items[place] as number, hashes[place] as number, tags[place] as number)
    }
  }
}

const noPages = (length: number) => new Array<ItemPage | undefined>(length).fill(undefined)

/** Keys that outlive the pages they came on: in order, findable, each with a byte of remarks. */
import type { Keyed } from '../../lib/item/key-hash.ts'
import { KeyPage, keyBytes } from '../../lib/item/key-page.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import type { Bytes } from '../../lib/model/units.ts'
import { KeyIndex, type Place } from './key-index.ts'

/** Size of an entry besides its key. */
const ENTRY_BYTES = 56

export class CopiedKeys {
  readonly #entries: KeyIndex
  /** Where the next keys are copied to. */
  #page: KeyPage | undefined
  #bytes: Bytes = 0

  constructor(schema: KeySchema) {
    this.#entries = new KeyIndex(schema)
  }

  get bytes(): Bytes {
    return this.#bytes
  }

  /** Keeps a copy of a key. */
  keep(key: Keyed, tag = 0): void {
    if (this.#page === undefined || this.#page.isFull) this.#page = new KeyPage(key)
    this.#entries.add(this.#page.add(key), tag)
    this.#bytes += ENTRY_BYTES + keyBytes(key)
  }

  find(key: Keyed): Place | undefined {
    return this.#entries.find(key)
  }

  at(place: Place): Keyed {
    return this.#entries.at(place)
  }

  tagAt(place: Place): number {
    return this.#entries.tagAt(place)
  }

  /** Removes a key. */
  take(place: Place): void {
    this.#bytes -= ENTRY_BYTES + keyBytes(this.#entries.at(place))
    this.#entries.remove(place)
  }

  get oldest(): Place | undefined {
    return this.#entries.oldest
  }

  /** Removes the oldest key, and returns its byte; undefined: there is none. */
  takeOldestTag(): number | undefined {
    const place = this.#entries.oldest
    if (place === undefined) return undefined
    const tag = this.tagAt(place)
    this.take(place)
    return tag
  }

  /** All places, oldest first. */
  places(): Place[] {
    const places: Place[] = []
    for (let place = this.oldest; place !== undefined; place = this.#entries.after(place)) {
      places.push(place)
    }
    return places
  }
}

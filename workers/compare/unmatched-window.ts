/** Items seen on one side and not yet on the other, oldest first. */
import type { Keyed } from '../../lib/item/key-hash.ts'
import type { ItemPage } from '../../lib/item/page.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import type { Bytes } from '../../lib/model/units.ts'
import { KeyIndex, type Place } from '../keys/key-index.ts'

/** Size of an entry besides its page. */
const ENTRY_BYTES = 32

/** A queue that knows its weight: its entries, and every page that an entry pins. */
export class Window {
  readonly #entries: KeyIndex
  /** How many entries pin each page. */
  readonly #pinned = new Map<ItemPage, number>()
  #bytes: Bytes = 0

  constructor(schema: KeySchema) {
    this.#entries = new KeyIndex(schema)
  }

  get size(): number {
    return this.#entries.size
  }

  get bytes(): Bytes {
    return this.#bytes + this.#entries.size * ENTRY_BYTES
  }

  get pages(): number {
    return this.#pinned.size
  }

  /** The entry of a key. */
  find(key: Keyed): Place | undefined {
    return this.#entries.find(key)
  }

  /**
   * Adds an entry, in place of one with the same key: a scan may return an item twice, where a
   * partition splits.
   *
   * @returns whether there was one
   */
  add(entry: Keyed): boolean {
    const twin = this.#entries.find(entry)
    if (twin !== undefined) this.take(twin)
    this.#entries.add(entry)
    const { page } = entry
    const pins = this.#pinned.get(page) ?? 0
    if (pins === 0) this.#bytes += page.bytes.length
    this.#pinned.set(page, pins + 1)
    return twin !== undefined
  }

  /** Takes an entry out. */
  take(place: Place): Keyed {
    const taken = this.#entries.at(place)
    this.#entries.remove(place)
    const { page } = taken
    const pins = (this.#pinned.get(page) ?? 1) - 1
    if (pins > 0) {
      this.#pinned.set(page, pins)
    } else {
      this.#pinned.delete(page)
      this.#bytes -= page.bytes.length
    }
    return taken
  }

  /** Takes the oldest entry out. */
  takeOldest(): Keyed | undefined {
    const { oldest } = this.#entries
    return oldest === undefined ? undefined : this.take(oldest)
  }

  /** Takes out the entries older than the one at `place`, or all of them. */
  takeOlder(place = Number.POSITIVE_INFINITY): Keyed[] {
    const older: Keyed[] = []
    let { oldest } = this.#entries
    while (oldest !== undefined && oldest < place) {
      older.push(this.take(oldest))
      oldest = this.#entries.after(oldest)
    }
    return older
  }

  /** Everything, oldest first, left in place. */
  all(): Keyed[] {
    return this.oldest(this.size)
  }

  /** The oldest entries, left in place. */
  oldest(count: number): Keyed[] {
    const oldest: Keyed[] = []
    let place = this.#entries.oldest
    while (place !== undefined && oldest.length < count) {
      oldest.push(this.#entries.at(place))
      place = this.#entries.after(place)
    }
    return oldest
  }
}

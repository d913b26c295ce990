/** Items seen on one side and not yet on the other, oldest first. */
import type { CanonicalKey } from '../item/key.ts'
import type { ItemPage } from '../item/page.ts'
import type { Bytes } from '../model/units.ts'

export interface Unmatched {
  readonly page: ItemPage
  readonly item: number
  readonly key: CanonicalKey
}

/** What an entry takes besides its page: the key twice, and the map's own room. */
const ENTRY_BYTES = 200

/**
 * A map by key that remembers order and knows its weight: its entries, and
 * every page that an entry pins.
 */
export class Window {
  readonly #entries = new Map<CanonicalKey, Unmatched>()
  /** Entries by the page they pin. */
  readonly #pinned = new Map<ItemPage, number>()
  #bytes: Bytes = 0

  get size(): number {
    return this.#entries.size
  }

  get bytes(): Bytes {
    return this.#bytes + this.#entries.size * ENTRY_BYTES
  }

  get pages(): number {
    return this.#pinned.size
  }

  get(key: CanonicalKey): Unmatched | undefined {
    return this.#entries.get(key)
  }

  /** An entry of the same key, as a scan that returned it twice would have, gives way. */
  add(entry: Unmatched): void {
    const twin = this.#entries.get(entry.key)
    if (twin !== undefined) this.remove(twin)
    this.#entries.set(entry.key, entry)
    const pins = this.#pinned.get(entry.page) ?? 0
    if (pins === 0) this.#bytes += entry.page.bytes.length
    this.#pinned.set(entry.page, pins + 1)
  }

  remove(entry: Unmatched): void {
    this.#entries.delete(entry.key)
    const pins = (this.#pinned.get(entry.page) ?? 1) - 1
    if (pins > 0) {
      this.#pinned.set(entry.page, pins)
    } else {
      this.#pinned.delete(entry.page)
      this.#bytes -= entry.page.bytes.length
    }
  }

  /** Takes out the entries older than `entry`, or all of them. */
  takeOlder(entry?: Unmatched): Unmatched[] {
    const older: Unmatched[] = []
    for (const candidate of this.#entries.values()) {
      if (candidate === entry) break
      older.push(candidate)
    }
    for (const gone of older) this.remove(gone)
    return older
  }

  /** Everything, oldest first, left in place. */
  all(): Unmatched[] {
    return [...this.#entries.values()]
  }

  /** The oldest entries, left in place. */
  oldest(count: number): Unmatched[] {
    const oldest: Unmatched[] = []
    for (const entry of this.#entries.values()) {
      if (oldest.length === count) break
      oldest.push(entry)
    }
    return oldest
  }
}

/**
 * Suspects beyond the recheck budget, by key alone. They wait for the end of
 * the segment, in case their counterpart turns up in a later page after all:
 * so what is counted from the scan is right even where the order is not.
 */
import type { CanonicalKey } from '../item/key.ts'
import type { DeferredKey } from '../model/segment-record.ts'
import type { Bytes } from '../model/units.ts'

export interface DeferredSuspect extends DeferredKey {
  readonly canonical: CanonicalKey
}

/** More than this is given up, oldest first, until as little is left as this. */
const MAX_BYTES: Bytes = 1 << 20
const LEFT_BYTES: Bytes = MAX_BYTES * 0.75

/** The entry and the map's room for it, besides its two texts. */
const ENTRY_BYTES = 160

export class Deferred {
  readonly #waiting = new Map<CanonicalKey, DeferredSuspect>()
  #bytes: Bytes = 0

  /** Takes out the suspect that the other side has under the same key, if there is one. */
  takeTwin(looks: 'missing' | 'extra', canonical: CanonicalKey): DeferredSuspect | undefined {
    const twin = this.#waiting.get(canonical)
    if (twin === undefined || twin.looks === looks) return undefined
    this.#remove(twin)
    return twin
  }

  add(suspect: DeferredSuspect): void {
    this.#waiting.set(suspect.canonical, suspect)
    this.#bytes += weight(suspect)
  }

  /** Whether some has to be given up. */
  get isFull(): boolean {
    return this.#bytes > MAX_BYTES
  }

  /** What waits, left in place. */
  all(): DeferredKey[] {
    return [...this.#waiting.values()].map(({ looks, key, isExpired }) => ({
      looks,
      key,
      isExpired,
    }))
  }

  /** Takes out what does not fit; everything, when the segment has ended. */
  *take(what: 'overflow' | 'all'): Generator<DeferredSuspect> {
    // Many at a time: a map is slow to find its first entry where many were before it.
    if (what === 'overflow' && !this.isFull) return
    for (const suspect of this.#waiting.values()) {
      if (what === 'overflow' && this.#bytes <= LEFT_BYTES) return
      this.#remove(suspect)
      yield suspect
    }
  }

  #remove(suspect: DeferredSuspect): void {
    this.#waiting.delete(suspect.canonical)
    this.#bytes -= weight(suspect)
  }
}

const weight = ({ canonical, key }: DeferredSuspect) =>
  canonical.length + 2 * key.length + ENTRY_BYTES

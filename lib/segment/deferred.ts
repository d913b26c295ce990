/**
 * Suspects beyond the recheck budget, by key alone. They wait for the end of
 * the segment, in case their counterpart turns up in a later page after all:
 * so what is counted from the scan is right even where the order is not.
 */
import { keyTextOf } from '../item/key.ts'
import type { Keyed } from '../item/key-hash.ts'
import { keyedByText } from '../item/key-page.ts'
import type { DeferredKey } from '../model/segment-record.ts'
import type { KeySchema } from '../model/table.ts'
import type { Bytes } from '../model/units.ts'
import { KeptKeys } from './kept-keys.ts'
import type { Place } from './key-queue.ts'

export interface DeferredSuspect {
  readonly looks: 'missing' | 'extra'
  /** Where its key stands. */
  readonly found: Keyed
  /** Whether it had expired when it was scanned. */
  readonly isExpired: boolean
}

export interface DeferredCounts {
  readonly missing: number
  readonly extra: number
  /** Of either, and in neither of the above. */
  readonly expired: number
}

/** More than this is given up, oldest first, until as little is left as this. */
const MAX_BYTES: Bytes = 1 << 20
const LEFT_BYTES: Bytes = MAX_BYTES * 0.75

/** Bits of the byte that is kept with a key. */
const EXTRA = 1
const EXPIRED = 2

export class Deferred {
  readonly #schema: KeySchema
  readonly #waiting: KeptKeys

  constructor(schema: KeySchema) {
    this.#schema = schema
    this.#waiting = new KeptKeys(schema)
  }

  /** Takes out the suspect that the other side has under the same key; false where there is none. */
  takeTwin({ looks, found }: Pick<DeferredSuspect, 'looks' | 'found'>): boolean {
    const twin = this.#waiting.find(found)
    if (twin === undefined || this.#at(twin).looks === looks) return false
    this.#waiting.take(twin)
    return true
  }

  add(looks: 'missing' | 'extra', found: Keyed, isExpired: boolean): void {
    this.#waiting.keep(found, (looks === 'extra' ? EXTRA : 0) | (isExpired ? EXPIRED : 0))
  }

  /** Adds one that has waited before. */
  readd({ looks, key, isExpired }: DeferredKey): void {
    this.add(looks, keyedByText(key, this.#schema), isExpired)
  }

  /** Whether some has to be given up. */
  get isFull(): boolean {
    return this.#waiting.bytes > MAX_BYTES
  }

  /** What waits, left in place. */
  all(): DeferredKey[] {
    return this.#waiting.places().map((place) => {
      const { looks, found, isExpired } = this.#at(place)
      return { looks, key: keyTextOf(found.page, found.item, this.#schema), isExpired }
    })
  }

  /** Takes out the oldest that does not fit, or whatever waits; undefined: nothing. */
  takeOldest(what: 'overflow' | 'all'): DeferredSuspect | undefined {
    const { oldest } = this.#waiting
    if (oldest === undefined || !this.#isToGo(what)) return undefined
    const suspect = this.#at(oldest)
    this.#waiting.take(oldest)
    return suspect
  }

  /** Takes out the same, and says only how many they were. */
  takeCounts(what: 'overflow' | 'all'): DeferredCounts {
    const byTag = [0, 0, 0, 0]
    for (let { oldest } = this.#waiting; oldest !== undefined; oldest = this.#waiting.oldest) {
      if (!this.#isToGo(what)) break
      const tag = this.#waiting.tagAt(oldest)
      byTag[tag] = (byTag[tag] as number) + 1
      this.#waiting.take(oldest)
    }
    const [missing, extra, expiredMissing, expiredExtra] = byTag as [number, number, number, number]
    return { missing, extra, expired: expiredMissing + expiredExtra }
  }

  #isToGo(what: 'overflow' | 'all'): boolean {
    return what === 'all' || this.#waiting.bytes > LEFT_BYTES
  }

  #at(place: Place): DeferredSuspect {
    const tag = this.#waiting.tagAt(place)
    return {
      looks: (tag & EXTRA) === 0 ? 'missing' : 'extra',
      found: this.#waiting.at(place),
      isExpired: (tag & EXPIRED) !== 0,
    }
  }
}

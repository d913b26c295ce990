/**
 * Suspects beyond the recheck budget, by key alone. They wait for the end of the segment, in case
 * their counterpart turns up in a later page. So the counts from the scan are right even where the
 * order is not.
 */
import { keyTextOf } from '../../lib/item/key.ts'
import type { Keyed } from '../../lib/item/key-hash.ts'
import { keyedByText } from '../../lib/item/key-page.ts'
import type { DeferredKey } from '../../lib/model/files/segment-record.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import type { Bytes } from '../../lib/model/units.ts'
import { CopiedKeys } from '../keys/copied-keys.ts'
import type { Place } from '../keys/key-index.ts'

export interface DeferredSuspect {
  readonly looks: 'missing' | 'extra'
  /** The place of its key. */
  readonly found: Keyed
  /** Whether the item had expired when it was scanned. */
  readonly isExpired: boolean
}

export interface DeferredCounts {
  readonly missing: number
  readonly extra: number
  /** Expired suspects of either kind, which the other two counts do not include. */
  readonly expired: number
}

/** Beyond `MAX_BYTES`, the oldest are given up until `LEFT_BYTES` are left. */
const MAX_BYTES: Bytes = 1 << 20
const LEFT_BYTES: Bytes = MAX_BYTES / 2

/** The tag of an expired item's key. */
const EXPIRED = 1

export class Deferred {
  readonly #schema: KeySchema
  /** By how they look, so that twins are only searched for where there may be some. */
  readonly #waiting: { readonly missing: CopiedKeys; readonly extra: CopiedKeys }

  constructor(schema: KeySchema) {
    this.#schema = schema
    this.#waiting = { missing: new CopiedKeys(schema), extra: new CopiedKeys(schema) }
  }

  /** Takes out the suspect that the other side has under the same key; false if there is none. */
  takeTwin({ looks, found }: Pick<DeferredSuspect, 'looks' | 'found'>): boolean {
    const twins = this.#waiting[looks === 'missing' ? 'extra' : 'missing']
    const twin = twins.find(found)
    if (twin === undefined) return false
    twins.take(twin)
    return true
  }

  add(looks: DeferredSuspect['looks'], found: Keyed, isExpired: boolean): void {
    this.#waiting[looks].keep(found, isExpired ? EXPIRED : 0)
  }

  /** Adds a suspect that has waited before. */
  readd({ looks, key, isExpired }: DeferredKey): void {
    this.add(looks, keyedByText(key, this.#schema), isExpired)
  }

  /** Whether some suspects have to be given up. */
  get isFull(): boolean {
    return this.#bytes > MAX_BYTES
  }

  /** All waiting suspects, left in place. */
  all(): DeferredKey[] {
    return (['missing', 'extra'] as const).flatMap((looks) =>
      this.#waiting[looks].places().map((place) => {
        const { found, isExpired } = this.#at(looks, place)
        return { looks, key: keyTextOf(found.page, found.item, this.#schema), isExpired }
      }),
    )
  }

  /** Takes out the oldest one, of those that do not fit or of all; undefined: there is none. */
  takeOldest(what: 'overflow' | 'all'): DeferredSuspect | undefined {
    const looks = this.#mostLook
    const { oldest } = this.#waiting[looks]
    if (oldest === undefined || !this.#isToGo(what)) return undefined
    const suspect = this.#at(looks, oldest)
    this.#waiting[looks].take(oldest)
    return suspect
  }

  /** Takes out the same suspects, and returns only their numbers. */
  takeCounts(what: 'overflow' | 'all'): DeferredCounts {
    const counts = { missing: 0, extra: 0, expired: 0 }
    for (;;) {
      const looks = this.#mostLook
      const tag = this.#isToGo(what) ? this.#waiting[looks].takeOldestTag() : undefined
      if (tag === undefined) return counts
      if (tag === EXPIRED) counts.expired++
      else counts[looks]++
    }
  }

  get #bytes(): Bytes {
    return this.#waiting.missing.bytes + this.#waiting.extra.bytes
  }

  /** How most of them look: the next one to go is taken from these. */
  get #mostLook(): DeferredSuspect['looks'] {
    return this.#waiting.missing.bytes < this.#waiting.extra.bytes ? 'extra' : 'missing'
  }

  #isToGo(what: 'overflow' | 'all'): boolean {
    return what === 'all' || this.#bytes > LEFT_BYTES
  }

  #at(looks: DeferredSuspect['looks'], place: Place): DeferredSuspect {
    const kept = this.#waiting[looks]
    return { looks, found: kept.at(place), isExpired: kept.tagAt(place) === EXPIRED }
  }
}

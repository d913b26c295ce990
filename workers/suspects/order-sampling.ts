/**
 * Decides how far to trust the order of two scans, by the rechecks of suspects that rest on it.
 *
 * A suspect by order is false if the other side has had the item all along. Now and then, the cause
 * is a write during the scan; time after time, it is another order.
 */
import { type CanonicalKey, canonicalKeyOf } from '../../lib/item/key.ts'
import type { Keyed } from '../../lib/item/key-hash.ts'
import type { KeySchema, TableIndex } from '../../lib/model/tables/table.ts'
import type { Bytes } from '../../lib/model/units.ts'
import type { OrderRecord } from '../../lib/protocol/shared/order-record.ts'
import { CopiedKeys } from '../keys/copied-keys.ts'
import type { Place } from '../keys/key-index.ts'

/** This many suspects of a segment are rechecked, whatever the budget says. */
const FIRST_WITNESSES = 8

/** After them one in this many, which costs less than a tenth of the scan. */
const WITNESS_EVERY = 256

/** From this many false suspects on, a doubt is more than chance. */
const TELLING = 12

/**
 * If orders differ, at most this many items are judged for each false suspect. A replica that lags
 * has false suspects too, but few among all its items.
 */
const RARE = 4

/** With a larger share of false suspects over all segments, no order is relied on. */
const TOLERABLE = 0.01

/** At most this many keys in doubt are remembered one by one. */
const MAX_REMEMBERED = 20_000

/** Of the keys that wait to be read, the oldest beyond this are given up. */
const MAX_WAITING: Bytes = 1 << 18

/** Distance to the next witness, as by a lot for each suspect: to draw each would cost the most. */
const drawn = () =>
  Math.max(1, Math.ceil(Math.log(1 - Math.random()) / Math.log(1 - 1 / WITNESS_EVERY)))

/** How an item looks that only one scan has. */
type UnmatchedItem = 'missing' | 'extra'

export class OrderSampling {
  readonly #record: OrderRecord
  readonly #replica: TableIndex
  #seen = 0
  /** Number of the next witness, by lot: a pattern in the keys must not hide from the count. */
  #nextDrawn = FIRST_WITNESSES - 1 + drawn()
  #rechecked = 0
  #false = 0
  /** Keys in recheck, or proved false, by the side that had them: their twins are in doubt. */
  readonly #inDoubt = {
    missing: new Set<CanonicalKey>(),
    extra: new Set<CanonicalKey>(),
    /** Keys from a record, which does not say the side. */
    unknown: new Set<CanonicalKey>(),
  }
  readonly #schema: KeySchema
  /** Keys that are read once they have stood still: till then, their twins are too. */
  readonly #waiting: { readonly missing: CopiedKeys; readonly extra: CopiedKeys }

  constructor(record: OrderRecord, replica: TableIndex, schema: KeySchema) {
    this.#record = record
    this.#replica = replica
    this.#schema = schema
    this.#waiting = { missing: new CopiedKeys(schema), extra: new CopiedKeys(schema) }
  }

  /** Whether the two scans of this segment cannot be in one order, by the items judged so far. */
  ordersDiffer(judged: number): boolean {
    const isCommon = this.#false * 2 > this.#rechecked && this.#false * RARE > judged
    return this.#false >= TELLING && isCommon
  }

  /** Whether enough suspects have come for the first rechecks to be waited for. */
  get isFirstTest(): boolean {
    return this.#seen === 2 * FIRST_WITNESSES
  }

  /** Whether every suspect by order has to be rechecked. */
  get isDoubted(): boolean {
    const isBelied = this.#record.falseShare(this.#replica) > TOLERABLE
    return isBelied || this.#doubts >= MAX_REMEMBERED
  }

  /** Notes a suspect; true if it has to be rechecked to test the order. */
  needsWitness({
    looks,
    found,
  }: {
    readonly looks: UnmatchedItem
    readonly found: Keyed
  }): boolean {
    const seen = this.#seen++
    if (seen === this.#nextDrawn) {
      this.#nextDrawn += drawn()
      return true
    }
    return seen < FIRST_WITNESSES || this.#isTwinInDoubt(looks, found)
  }

  #isTwinInDoubt(looks: UnmatchedItem, found: Keyed): boolean {
    const twins = looks === 'missing' ? 'extra' : 'missing'
    if (this.#waiting[twins].find(found) !== undefined) return true
    const { [twins]: ofTwins, unknown } = this.#inDoubt
    // The canonical key is made only where it may be of use.
    if (ofTwins.size === 0 && unknown.size === 0) return false
    const canonical = this.#canonical(found)
    return ofTwins.has(canonical) || unknown.has(canonical)
  }

  /** Keys for which the order must not be relied on when the other side's scan reaches them. */
  get doubted(): CanonicalKey[] {
    const { missing, extra, unknown } = this.#inDoubt
    return [
      ...missing,
      ...extra,
      ...unknown,
      ...this.#waitingOn('missing'),
      ...this.#waitingOn('extra'),
    ]
  }

  #waitingOn(looks: UnmatchedItem): CanonicalKey[] {
    const waiting = this.#waiting[looks]
    return waiting.places().map((place) => this.#canonical(waiting.at(place)))
  }

  get #doubts(): number {
    const { missing, extra, unknown } = this.#inDoubt
    return missing.size + extra.size + unknown.size
  }

  /** A suspect goes to its recheck, or is looked up whatever the order says. */
  enter(key: CanonicalKey, looks: UnmatchedItem | 'unknown'): void {
    if (this.#doubts < MAX_REMEMBERED) this.#inDoubt[looks].add(key)
  }

  /** A suspect will be read once it has stood still. */
  wait(looks: UnmatchedItem, key: Keyed): void {
    const waiting = this.#waiting[looks]
    waiting.keep(key)
    while (waiting.bytes > MAX_WAITING) waiting.take(waiting.oldest as Place)
  }

  /** A recheck has ended. */
  leave(key: CanonicalKey, looks: UnmatchedItem, wasFalse: boolean): void {
    this.#note(wasFalse)
    if (wasFalse) return
    this.#inDoubt[looks].delete(key)
    this.#inDoubt.unknown.delete(key)
  }

  /** The two orders were found to differ: all that rests on them is rechecked, in all segments. */
  belie(): void {
    this.#record.belie(this.#replica)
  }

  /** An item that seemed alone has met its counterpart without a recheck. */
  proveFalse(): void {
    this.#note(true)
  }

  #canonical({ page, item }: Keyed): CanonicalKey {
    return canonicalKeyOf(page, item, this.#schema)
  }

  #note(wasFalse: boolean): void {
    this.#rechecked++
    if (wasFalse) this.#false++
    this.#record.note(this.#replica, wasFalse)
  }
}

/**
 * How far the order of two scans is to be trusted, by what rechecks say of the
 * suspects that rest on it.
 *
 * A suspect by order proves false when the other side has had the item all
 * along. Now and then that is a write while the scan went on; time after time
 * it is another order.
 */
import { type CanonicalKey, canonicalKeyOf } from '../../lib/item/key.ts'
import type { Keyed } from '../../lib/item/key-hash.ts'
import type { KeySchema, TableIndex } from '../../lib/model/tables/table.ts'
import type { Bytes } from '../../lib/model/units.ts'
import type { OrderRecord } from '../../lib/protocol/shared/order-record.ts'
import { CopiedKeys } from '../keys/copied-keys.ts'
import type { Place } from '../keys/key-index.ts'

/** So many suspects of a segment are rechecked whatever the budget says. */
const FIRST_WITNESSES = 8

/** And after them one in so many, which costs less than a tenth of the scan. */
const WITNESS_EVERY = 256

/** From so many false suspects on, a doubt is more than chance. */
const TELLING = 12

/**
 * Items judged for each false suspect, at the most, where orders differ. A
 * replica that lags has false suspects too, but few among all its items.
 */
const RARE = 4

/** A larger share of false suspects, over all segments, and no order is relied on. */
const TOLERABLE = 0.01

/** More keys in doubt than this are not remembered one by one. */
const MAX_REMEMBERED = 20_000

/** Of keys that wait to be read, more than this is given up, oldest first. */
const MAX_WAITING: Bytes = 1 << 18

/** How far it is to the next witness, as if lots were drawn for each suspect by itself: a number for each is most of what that takes. */
const drawn = () =>
  Math.max(1, Math.ceil(Math.log(1 - Math.random()) / Math.log(1 - 1 / WITNESS_EVERY)))

/** How an item looks that one scan alone has. */
type UnmatchedItem = 'missing' | 'extra'

export class OrderSampling {
  readonly #record: OrderRecord
  readonly #replica: TableIndex
  #seen = 0
  /** The suspect that is the next witness, by lot: a pattern in the keys must not hide from the count. */
  #nextDrawn = FIRST_WITNESSES - 1 + drawn()
  #rechecked = 0
  #false = 0
  /** Keys being rechecked, and those that proved false, by the side they were seen on: their twins are not what they seem. */
  readonly #inDoubt = {
    missing: new Set<CanonicalKey>(),
    extra: new Set<CanonicalKey>(),
    /** Of a record, which does not say. */
    unknown: new Set<CanonicalKey>(),
  }
  readonly #schema: KeySchema
  /** Keys that are read once they have stood still: so are their twins, till then. */
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

  /** Whether enough suspects have come to wait for what the first rechecks say of them. */
  get isFirstTest(): boolean {
    return this.#seen === 2 * FIRST_WITNESSES
  }

  /** Whether every suspect by order has to be rechecked. */
  get isDoubted(): boolean {
    const isBelied = this.#record.falseShare(this.#replica) > TOLERABLE
    return isBelied || this.#doubts >= MAX_REMEMBERED
  }

  /** A suspect has come; true where it has to be rechecked to bear the order out. */
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
    // A key's spelling is made only where it may be of use.
    if (ofTwins.size === 0 && unknown.size === 0) return false
    const canonical = this.#canonical(found)
    return ofTwins.has(canonical) || unknown.has(canonical)
  }

  /** Keys of which the order is not to be relied on when the other side's scan comes to them. */
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

  /** A suspect is going to be read once it has stood still. */
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

  /** The two orders were found to differ: what rests on them has to be rechecked, here and everywhere. */
  belie(): void {
    this.#record.belie(this.#replica)
  }

  /** An item thought alone has met its counterpart without a recheck. */
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

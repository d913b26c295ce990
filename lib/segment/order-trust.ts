/**
 * How far the order of two scans is to be trusted, by what rechecks say of the
 * suspects that rest on it.
 *
 * A suspect by order proves false when the other side has had the item all
 * along. Now and then that is a write while the scan went on; time after time
 * it is another order.
 */
import type { CanonicalKey } from '../item/key.ts'

/** So many suspects are rechecked whatever the budget says, and ever rarer ones after them. */
const FIRST_WITNESSES = 8

/** From so many false suspects on, a doubt is more than chance. */
const TELLING = 12

/**
 * Items judged for each false suspect, at the most, where orders differ. A
 * replica that lags has false suspects too, but few among all its items.
 */
const RARE = 4

/** More than one false suspect in this many, and no order is relied on. */
const TOLERABLE = 20

/** More keys in doubt than this are not remembered one by one. */
const MAX_REMEMBERED = 20_000

export class OrderTrust {
  #seen = 0
  #rechecked = 0
  #false = 0
  /** Keys being rechecked, and those that proved false: their twins are not what they seem. */
  readonly #inDoubt = new Set<CanonicalKey>()

  /** Whether the two scans cannot be in one order, by the items judged so far. */
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
    return this.#false * TOLERABLE > this.#rechecked || this.#inDoubt.size > MAX_REMEMBERED
  }

  /** A suspect has come; true where it has to be rechecked to bear the order out. */
  needsWitness(key: CanonicalKey): boolean {
    const seen = this.#seen++
    const isPowerOfTwo = (seen & (seen - 1)) === 0
    return seen < FIRST_WITNESSES || isPowerOfTwo || this.#inDoubt.has(key)
  }

  /** A suspect goes to its recheck. */
  enter(key: CanonicalKey): void {
    this.#inDoubt.add(key)
  }

  /** A recheck has ended. */
  leave(key: CanonicalKey, wasFalse: boolean): void {
    this.#rechecked++
    if (wasFalse) this.#false++
    else this.#inDoubt.delete(key)
  }

  /** An item thought alone has met its counterpart without a recheck. */
  proveFalse(): void {
    this.#rechecked++
    this.#false++
  }
}

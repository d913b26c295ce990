/**
 * How many suspects a run may read again: 10,000 of a replica, or as many as cost a tenth of the
 * read units of the scan itself, if that is more. Suspects in a row have their own budget of 1,000,
 * so that a gap of a million items leaves enough for single suspects: those may be writes in
 * flight, which another look clears up.
 *
 * One set of counters in shared memory serves all threads, so that no thread holds a part of the
 * budget that another one lacks.
 */
import type { TableIndex } from '../../model/tables/table.ts'
import type { ReadUnits } from '../../model/units.ts'

const ALWAYS_CONFIRMED = 10_000
const CONFIRMED_IN_A_ROW = 1_000
const SHARE_OF_SCAN = 10

/** The share of the writes beyond the first ones that is read back. */
const READ_BACK_SHARE = 1 / 16

/**
 * Per table: keys claimed, also in a row; units of rechecks, of first looks; keys to read back; units
 * of all that was read again.
 */
const KEYS = 0
const KEYS_IN_A_ROW = 1
const RECHECK = 2
const SCAN = 3
const READ_BACK = 4
const READ_AGAIN = 5
const COUNTERS = 6

/** A key takes at least two consistent reads of one unit each. */
const UNITS_PER_KEY = 2

/** Units are counted in halves: an eventually consistent read costs half a unit. */
const halves = (units: ReadUnits) => BigInt(Math.ceil(units * 2))

export class RecheckBudget {
  readonly #counters: BigInt64Array
  /** By replica: nothing is left until more has been scanned. */
  readonly #isSpent: boolean[] = []
  /** By replica, and for good. */
  readonly #isSpentInARow: boolean[] = []

  static memoryFor(tables: number): SharedArrayBuffer {
    return new SharedArrayBuffer(tables * COUNTERS * BigInt64Array.BYTES_PER_ELEMENT)
  }

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new BigInt64Array(memory)
  }

  /** Whether one more key of the replica may be read again. */
  claim(replica: TableIndex): boolean {
    if (this.#isSpent[replica]) return false
    const keys = Atomics.add(this.#counters, replica * COUNTERS + KEYS, 1n)
    if (keys >= ALWAYS_CONFIRMED && !this.#hasUnits(replica)) {
      this.#isSpent[replica] = true
      return false
    }
    return this.#claimed(replica)
  }

  /** The same for one of many keys in a row that one side lacks. */
  claimInARow(replica: TableIndex): boolean {
    if (this.#isSpentInARow[replica]) return false
    const keys = Atomics.add(this.#counters, replica * COUNTERS + KEYS_IN_A_ROW, 1n)
    if (keys >= CONFIRMED_IN_A_ROW) {
      this.#isSpentInARow[replica] = true
      return false
    }
    return this.#claimed(replica)
  }

  #claimed(replica: TableIndex): true {
    Atomics.add(this.#counters, replica * COUNTERS + RECHECK, halves(UNITS_PER_KEY))
    return true
  }

  #hasUnits(replica: TableIndex): boolean {
    const recheck = Atomics.load(this.#counters, replica * COUNTERS + RECHECK)
    const scan = Atomics.load(this.#counters, replica * COUNTERS + SCAN)
    return recheck + halves(UNITS_PER_KEY) <= scan / BigInt(SHARE_OF_SCAN)
  }

  /** Whether one more written key may be read back: all of the first ones, then a random part. */
  claimReadBack(replica: TableIndex): boolean {
    const keys = Atomics.add(this.#counters, replica * COUNTERS + READ_BACK, 1n)
    return keys < ALWAYS_CONFIRMED || Math.random() < READ_BACK_SHARE
  }

  /** Notes what a recheck of `keys` took beyond what their claims had reserved. */
  rechecked(replica: TableIndex, keys: number, units: ReadUnits): void {
    this.readAgain(replica, units)
    const more = halves(units) - halves(keys * UNITS_PER_KEY)
    Atomics.add(this.#counters, replica * COUNTERS + RECHECK, more > 0n ? more : 0n)
  }

  /** Notes units of either side that went into reading keys again, whatever for. */
  readAgain(replica: TableIndex, units: ReadUnits): void {
    Atomics.add(this.#counters, replica * COUNTERS + READ_AGAIN, halves(units))
  }

  recheckUnits(replica: TableIndex): ReadUnits {
    return Number(Atomics.load(this.#counters, replica * COUNTERS + READ_AGAIN)) / 2
  }

  /** Notes what a first look took, on either side of the replica's comparison. */
  scanned(replica: TableIndex, units: ReadUnits): void {
    this.#isSpent[replica] = false
    Atomics.add(this.#counters, replica * COUNTERS + SCAN, halves(units))
  }
}

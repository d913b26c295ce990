/**
 * How much reading again a run may do: 10,000 suspects of a replica, or as many
 * as cost a tenth of the read units of the scan itself where that is more. Of
 * those that follow one another 1,000, apart from the others, so that a gap of
 * a million items leaves single suspects what they need: those may be writes on
 * their way, and a look clears them up.
 *
 * One set of counters in shared memory serves all threads, so that no thread
 * holds a part of the budget that another one lacks.
 */
import type { TableIndex } from '../../model/tables/table.ts'
import type { ReadUnits } from '../../model/units.ts'

const ALWAYS_CONFIRMED = 10_000
const CONFIRMED_IN_A_ROW = 1_000
const SHARE_OF_SCAN = 10

/** Of the writes beyond the first. */
const READ_BACK_SHARE = 1 / 16

/** Per table: keys claimed, and of those in a row, units rechecks took, units first looks took, writes to be read back. */
const KEYS = 0
const KEYS_IN_A_ROW = 1
const RECHECK = 2
const SCAN = 3
const READ_BACK = 4
const COUNTERS = 5

/** Two consistent reads of one unit each: what a key takes at the least. */
const UNITS_PER_KEY = 2

/** Units are counted in halves: an eventually consistent read costs half a unit. */
const halves = (units: ReadUnits) => BigInt(Math.ceil(units * 2))

export class RecheckBudget {
  readonly #counters: BigInt64Array
  /** By replica: nothing is to be had until more has been scanned. */
  readonly #isSpent: boolean[] = []
  /** For good. */
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

  /** The same, of one of many keys that one side lacks in a row. */
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

  /** Whether one more key that was written may be read back: the first ones all, and then some by lot. */
  claimReadBack(replica: TableIndex): boolean {
    const keys = Atomics.add(this.#counters, replica * COUNTERS + READ_BACK, 1n)
    return keys < ALWAYS_CONFIRMED || Math.random() < READ_BACK_SHARE
  }

  /** Notes what a recheck of `keys` took beyond what their claims had set aside. */
  rechecked(replica: TableIndex, keys: number, units: ReadUnits): void {
    const more = halves(units) - halves(keys * UNITS_PER_KEY)
    Atomics.add(this.#counters, replica * COUNTERS + RECHECK, more > 0n ? more : 0n)
  }

  /** Notes what a first look took, on either side of the replica's comparison. */
  scanned(replica: TableIndex, units: ReadUnits): void {
    this.#isSpent[replica] = false
    Atomics.add(this.#counters, replica * COUNTERS + SCAN, halves(units))
  }
}

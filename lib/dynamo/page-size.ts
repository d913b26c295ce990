/**
 * Chooses pages that fit a pace. A whole page takes 128 units at once, which a table that is held
 * to ten units a second does not earn in twelve seconds.
 */
import type { TableIndex } from '../model/tables/table.ts'
import type { ReadUnits } from '../model/units.ts'
import type { TokenBuckets } from '../protocol/shared/token-buckets.ts'

/** 1 MB (API reference, Scan) at half a unit for each 4 KB; consistent reads take a whole unit. */
const WHOLE_PAGE: ReadUnits = 128

/** Each page is rounded up to half a unit, so smaller pages would cost more in all. */
const LEAST_PAGE: ReadUnits = 8

/** Assumed until the first page was read. */
const UNITS_PER_ITEM: ReadUnits = 1

export class PageSize {
  readonly #tokenBuckets: TokenBuckets
  readonly #table: TableIndex
  #unitsPerItem = UNITS_PER_ITEM

  constructor(tokenBuckets: TokenBuckets, table: TableIndex) {
    this.#tokenBuckets = tokenBuckets
    this.#table = table
  }

  /** Units expected for the next page, and its limit of items. `most`: the limit in any case. */
  next(most: number | undefined, isConsistent: boolean) {
    const whole = isConsistent ? 2 * WHOLE_PAGE : WHOLE_PAGE
    const rate = this.#tokenBuckets.rate(this.#table, 'read')
    const units = Math.min(whole, Math.max(rate, LEAST_PAGE))
    const fitting = units < whole ? Math.max(1, Math.floor(units / this.#unitsPerItem)) : most
    const limit = fitting === undefined ? undefined : Math.min(fitting, most ?? fitting)
    return {
      limit,
      units: limit === undefined ? units : Math.min(units, limit * this.#unitsPerItem),
    }
  }

  /** Notes what a page has taken. */
  learn(units: ReadUnits, items: number): void {
    if (items > 0 && units > 0) this.#unitsPerItem = units / items
  }
}

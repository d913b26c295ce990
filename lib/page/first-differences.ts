/** The differences that a page lists, and how many there are in all. */
import { ChangeTotals, type PlaceTotal } from '../report/change-totals.ts'
import type { DifferenceShown } from '../report/lines/differences/difference-lines.ts'

export const MOST_DIFFERENCES = 100
/** With values, a difference may be as large as two items. */
const MOST_BYTES = 4_000_000

export class FirstDifferences {
  readonly #first: DifferenceShown[] = []
  readonly #changes = new ChangeTotals()
  #bytes = 0
  #total = 0

  add(difference: DifferenceShown): void {
    this.#total++
    this.#changes.add(difference)
    if (this.#first.length === MOST_DIFFERENCES || this.#bytes > MOST_BYTES) return
    this.#bytes += JSON.stringify(difference).length
    this.#first.push(difference)
  }

  get attributes(): readonly PlaceTotal[] {
    return this.#changes.all()
  }

  get differences() {
    return { first: this.#first, total: this.#total }
  }
}

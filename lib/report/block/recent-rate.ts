/** How fast a total has grown lately. */
import type { Milliseconds } from '../../model/units.ts'

export class RecentRate {
  readonly #window: Milliseconds
  #samples: { readonly at: Milliseconds; readonly total: number }[] = []

  constructor(window: Milliseconds) {
    this.#window = window
  }

  add(at: Milliseconds, total: number): void {
    this.#samples.push({ at, total })
    // The last sample before the window stays: the rate is over the whole of it.
    const first = this.#samples.findLastIndex((sample) => sample.at <= at - this.#window)
    if (first > 0) this.#samples = this.#samples.slice(first)
  }

  /** Undefined: it was watched for less than a second. */
  get perSecond(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)]
    if (first === undefined || last === undefined || last.at - first.at < 1000) return undefined
    return (last.total - first.total) / ((last.at - first.at) / 1000)
  }
}

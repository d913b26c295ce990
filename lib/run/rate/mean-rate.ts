/** A mean rate over some seconds: requests come in bursts, so a moment says nothing. */
import type { Milliseconds } from '../../model/units.ts'

const SPAN: Milliseconds = 5000

interface Look {
  readonly at: Milliseconds
  readonly total: number
}

export class MeanRate {
  /** The first look is as old as the span, if any look is that old. */
  readonly #looks: Look[]

  constructor(at: Milliseconds) {
    this.#looks = [{ at, total: 0 }]
  }

  /** `total`: since the beginning. */
  look(at: Milliseconds, total: number): void {
    this.#looks.push({ at, total })
    while (this.#looks.length > 2 && (this.#looks[1]?.at ?? at) <= at - SPAN) this.#looks.shift()
  }

  get perSecond(): number {
    const [first, last] = [this.#looks[0], this.#looks.at(-1)]
    if (first === undefined || last === undefined || last.at === first.at) return 0
    return ((last.total - first.total) / (last.at - first.at)) * 1000
  }
}

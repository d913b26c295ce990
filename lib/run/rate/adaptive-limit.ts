/**
 * Finds the rate that a table can serve. At first the limit about doubles each second until the
 * table throttles. Then it rises in small steps, which grow while nothing is throttled. On
 * throttling it falls to what the table has served. The known rate is forgotten slowly, so that a
 * bad moment costs only a few seconds.
 */
import type { Milliseconds } from '../../model/units.ts'

/** What the table did since the last look. */
export interface Observed {
  readonly milliseconds: Milliseconds
  /** Units that were used. */
  readonly used: number
  /** Requests that were throttled. */
  readonly throttled: number
  /** Whether the limit was reached, so that requests wait for more. */
  readonly isUsedUp: boolean
}

const FIRST_LIMIT = 100
const LEAST_LIMIT = 1
/** More than any table serves: the cap if nothing is ever throttled. */
const MOST_LIMIT = 100_000_000

/** The new limit, as a share of what the table served when it throttled. */
const STEP_DOWN = 0.88
/** Growth a second while the limit is below the rate that the table is known to serve. */
const GROWTH = 2.2
/**
 * Growth a second above that, as a share of the limit; more with each second without throttling.
 */
const STEP_UP = 0.04
const LONGER_STEPS = 0.01
const LONGEST_STEP = 0.4

/** For this long after it throttled, a table counts as slow as it was then. */
const CALM: Milliseconds = 1500

/** Shares of the known rate: what is still believed after throttling, and the least limit. */
const BELIEVED = 0.7
const LEAST_SHARE = 0.05

/** Requests in flight when the limit fell may still be throttled: that does not count again. */
const SETTLING: Milliseconds = 600

/** The rate served is measured over this long. */
const WINDOW: Milliseconds = 1000

export class AdaptiveLimit {
  #limit: number
  /** Units a second that the table is known to serve. Undefined: it has not throttled yet. */
  #known: number | undefined
  #sinceStep: Milliseconds = SETTLING
  #window: Observed[] = []

  /** Units a second to begin with. */
  constructor(first = FIRST_LIMIT) {
    this.#limit = first
  }

  get unitsPerSecond(): number {
    return this.#limit
  }

  observe(seen: Observed): void {
    this.#sinceStep += seen.milliseconds
    this.#window.push(seen)
    while (sum(this.#window.slice(1), 'milliseconds') >= WINDOW) this.#window.shift()
    if (seen.throttled > 0) this.#stepDown()
    else if (seen.isUsedUp) this.#stepUp(seen.milliseconds / 1000)
  }

  #stepDown(): void {
    if (this.#sinceStep < SETTLING) return
    const served = (sum(this.#window, 'used') / sum(this.#window, 'milliseconds')) * 1000
    const reached = Math.min(served, this.#limit)
    this.#known = Math.max(reached, (this.#known ?? reached) * BELIEVED)
    this.#limit = Math.max(reached * STEP_DOWN, this.#known * LEAST_SHARE, LEAST_LIMIT)
    this.#sinceStep = 0
    this.#window = []
  }

  #stepUp(seconds: number): void {
    const believed = this.#known === undefined ? MOST_LIMIT : this.#known * STEP_DOWN
    if (this.#limit < believed && (this.#known === undefined || this.#sinceStep >= CALM)) {
      this.#limit = Math.min(this.#limit * GROWTH ** seconds, believed)
      return
    }
    const calm = (this.#sinceStep / 1000) * LONGER_STEPS
    const step = Math.min(STEP_UP + calm, LONGEST_STEP) * this.#limit
    this.#limit = Math.min(this.#limit + Math.max(step, LEAST_LIMIT) * seconds, MOST_LIMIT)
  }
}

const sum = (all: readonly Observed[], name: 'milliseconds' | 'used') =>
  all.reduce((total, one) => total + one[name], 0)

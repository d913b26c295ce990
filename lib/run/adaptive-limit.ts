/**
 * Finds what a table can do by going up until it throttles: twice as fast each
 * second at first, then in small steps; and down to what it has served whenever
 * it does.
 */
import type { Milliseconds } from '../model/units.ts'

/** What was seen of the table since the last look. */
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
/** More than any table serves: what nothing throttles has no limit to be found. */
const MOST_LIMIT = 100_000_000

/** Of what was served when the table throttled. */
const STEP_DOWN = 0.88
/** In a second: of the limit while nothing was throttled yet, and of what was served when it was. */
const GROWTH = 2.2
const STEP_UP = 0.04

/** Requests under way when the limit came down are throttled still: not told twice. */
const SETTLING: Milliseconds = 600

/** What was served is measured over this long. */
const WINDOW: Milliseconds = 1000

export class AdaptiveLimit {
  #limit: number
  #isProbing = true
  #served = 0
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
    this.#served = Math.min(served, this.#limit)
    this.#limit = Math.max(this.#served * STEP_DOWN, LEAST_LIMIT)
    this.#isProbing = false
    this.#sinceStep = 0
    this.#window = []
  }

  #stepUp(seconds: number): void {
    if (this.#isProbing) this.#limit *= GROWTH ** seconds
    else this.#limit += Math.max(this.#served * STEP_UP, LEAST_LIMIT) * seconds
    this.#limit = Math.min(this.#limit, MOST_LIMIT)
  }
}

const sum = (all: readonly Observed[], name: 'milliseconds' | 'used') =>
  all.reduce((total, one) => total + one[name], 0)

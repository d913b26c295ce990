/** One outage of an endpoint: since when, for how long, and its events. */
import { reasonOf } from '../../dynamo/request/request-errors.ts'
import type { TablesyncError } from '../../errors.ts'
import type { RunEvent } from '../../model/events/events.ts'
import type { Milliseconds } from '../../model/units.ts'

/** Pause between two events about it. */
const TELL_EVERY: Milliseconds = 5000

export interface OutageOptions {
  readonly table: string
  readonly endpoint: string
  /** How long the run waits for the endpoint. */
  readonly limit: Milliseconds
}

export class Outage {
  readonly #options: OutageOptions
  /** To the second. */
  readonly #since = `${new Date().toISOString().slice(0, 19)}Z`
  #began = performance.now()
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(options: OutageOptions) {
    this.#options = options
  }

  /** The machine was asleep: that time does not count as outage. */
  overslept(time: Milliseconds): void {
    this.#began += time
  }

  /** How much longer the run waits. */
  get left(): Milliseconds {
    return Math.max(this.#options.limit - this.#elapsed, 0)
  }

  /** Whether it is time for another event. */
  get isToTell(): boolean {
    return performance.now() - this.#toldAt >= TELL_EVERY
  }

  get inWords(): string {
    return `${this.#options.endpoint}, which has not answered since ${this.#since}`
  }

  /** Only the first event has the hint. */
  event(reason: TablesyncError): RunEvent {
    const isFirst = this.#toldAt === Number.NEGATIVE_INFINITY
    this.#toldAt = performance.now()
    const { limit, ...where } = this.#options
    return {
      type: 'outage',
      ...where,
      since: this.#since,
      elapsedMs: Math.round(this.#elapsed),
      limitMs: limit,
      message: reasonOf(reason),
      ...(isFirst && reason.hint !== undefined && { hint: reason.hint }),
    }
  }

  get overEvent(): RunEvent {
    const { table, endpoint } = this.#options
    return { type: 'outage-over', table, endpoint, elapsedMs: Math.round(this.#elapsed) }
  }

  get #elapsed(): Milliseconds {
    return performance.now() - this.#began
  }
}

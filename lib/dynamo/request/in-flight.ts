/**
 * What a task has started and not finished. It tells whether the task stands still, and what holds
 * it up. Time in known waits does not count.
 */
import type { Milliseconds } from '../../model/units.ts'
import type { Excused } from './inactivity-timeout.ts'

export interface Doing {
  /** Waits for something that is known: capacity, a pause, the next try. */
  readonly excused: Excused
  end(): void
}

/** The operation that has taken longest. */
export interface Longest {
  readonly what: string
  /** Without the time in known waits. */
  readonly busy: Milliseconds
}

interface Begun {
  readonly what: () => string
  at: Milliseconds
  /** Undefined: it is in no known wait. */
  excusedSince: Milliseconds | undefined
}

export class InFlight {
  readonly #begun = new Set<Begun>()
  readonly #now: () => Milliseconds

  /** `now`: a clock that never goes back. */
  constructor(now: () => Milliseconds = () => performance.now()) {
    this.#now = now
  }

  begin(what: () => string): Doing {
    const one: Begun = { what, at: this.#now(), excusedSince: undefined }
    this.#begun.add(one)
    return {
      excused: async (waiting) => {
        const since = this.#now()
        one.excusedSince = since
        try {
          await waiting
        } finally {
          one.excusedSince = undefined
          one.at += this.#now() - since
        }
      },
      end: () => void this.#begun.delete(one),
    }
  }

  get isIdle(): boolean {
    return this.#begun.size === 0
  }

  /** Undefined: nothing is in flight. */
  longest(): Longest | undefined {
    let oldest: Begun | undefined
    let busy = 0
    const now = this.#now()
    for (const one of this.#begun) {
      const time = (one.excusedSince ?? now) - one.at
      if (oldest === undefined || time > busy) {
        oldest = one
        busy = time
      }
    }
    return oldest && { what: oldest.what(), busy }
  }

  /** Discounts a time up to now, in which the machine slept or the thread did something else. */
  overslept(time: Milliseconds): void {
    const now = this.#now()
    const from = now - time
    for (const one of this.#begun) {
      // Known waits are discounted anyway.
      const until = one.excusedSince ?? now
      one.at = Math.min(one.at + Math.max(until - from, 0), until)
    }
  }
}

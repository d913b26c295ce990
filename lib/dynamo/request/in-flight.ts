/**
 * What a task has begun and not ended yet: for whoever asks whether it stands
 * still, and what it hangs on. What it waits for knowingly is not counted.
 */
import type { Milliseconds } from '../../model/units.ts'
import type { Excused } from './inactivity-timeout.ts'

export interface Doing {
  /** Waits for something that is known: capacity, a pause, the next try. */
  readonly excused: Excused
  end(): void
}

/** What has taken longest. */
export interface Longest {
  readonly what: string
  /** Without what it has waited for knowingly. */
  readonly busy: Milliseconds
}

interface Begun {
  readonly what: () => string
  at: Milliseconds
  /** Undefined: it waits for nothing that is known. */
  excusedSince: Milliseconds | undefined
}

export class InFlight {
  readonly #begun = new Set<Begun>()

  begin(what: () => string): Doing {
    const one: Begun = { what, at: performance.now(), excusedSince: undefined }
    this.#begun.add(one)
    return {
      async excused(waiting) {
        const since = performance.now()
        one.excusedSince = since
        try {
          await waiting
        } finally {
          one.excusedSince = undefined
          one.at += performance.now() - since
        }
      },
      end: () => void this.#begun.delete(one),
    }
  }

  get isIdle(): boolean {
    return this.#begun.size === 0
  }

  /** Undefined: there is none. */
  longest(): Longest | undefined {
    let oldest: Begun | undefined
    let busy = 0
    const now = performance.now()
    for (const one of this.#begun) {
      const time = (one.excusedSince ?? now) - one.at
      if (oldest === undefined || time > busy) {
        oldest = one
        busy = time
      }
    }
    return oldest && { what: oldest.what(), busy }
  }

  /** For so long, up to now, the machine has slept, or the thread has done something else. */
  overslept(time: Milliseconds): void {
    const now = performance.now()
    const from = now - time
    for (const one of this.#begun) {
      // What was waited for knowingly is taken off anyhow.
      const until = one.excusedSince ?? now
      one.at = Math.min(one.at + Math.max(until - from, 0), until)
    }
  }
}

/** Calls of code that is not ours and may never answer: given up soon after the run should end. */
import type { Milliseconds } from '../model/units.ts'

/** How long an answer is still waited for once the run is ending. */
const GRACE: Milliseconds = 5000

/** The same for calls that begin only after that, all together. */
const LATE_GRACE: Milliseconds = 500

export class DeadlineCalls {
  readonly #waiting = new Set<() => void>()
  #isOver = false
  /** A late call got no answer: calls that begin from here on are given up at once. */
  #isLate = false

  /** `ending`: aborts when the run is ending. */
  constructor(ending: AbortSignal) {
    const begin = () => setTimeout(() => this.#release(), GRACE).unref()
    if (ending.aborted) begin()
    else ending.addEventListener('abort', begin, { once: true })
  }

  /** @throws Error if no answer comes in time */
  answer<T>(call: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const giveUp = () => {
        this.#isLate = this.#isOver
        reject(new Error('it did not answer before the run was to end'))
      }
      if (this.#isOver) setTimeout(giveUp, this.#isLate ? 0 : LATE_GRACE).unref()
      this.#waiting.add(giveUp)
      call.then(resolve, reject).finally(() => this.#waiting.delete(giveUp))
    })
  }

  #release(): void {
    for (const giveUp of this.#waiting) giveUp()
    this.#isOver = true
  }
}

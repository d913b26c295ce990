/** Calls of what is not ours, which may never answer: waited for until the run is over, and a little longer. */
import type { Milliseconds } from '../model/units.ts'

/** How long after the end of a run an answer is still waited for. */
const GRACE: Milliseconds = 5000

/** And those that are only asked after that, all together. */
const LATE_GRACE: Milliseconds = 500

export class DeadlineCalls {
  readonly #waiting = new Set<() => void>()
  #isOver = false
  /** Nobody answers: what is asked from here on is given up at once. */
  #isLate = false

  /** `ending`: aborted when the run is to end. */
  constructor(ending: AbortSignal) {
    const begin = () => setTimeout(() => this.#release(), GRACE).unref()
    if (ending.aborted) begin()
    else ending.addEventListener('abort', begin, { once: true })
  }

  /** @throws Error where no answer has come by then */
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

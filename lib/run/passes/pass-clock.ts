/** The time that a run until in sync has: what ends the run ends the pass under way. */
import type { Milliseconds } from '../../model/units.ts'

export class PassClock {
  readonly #signal: AbortSignal
  readonly #timer: NodeJS.Timeout
  /** Of the pass, or of the pause after it. */
  #ending = new AbortController()
  #isTimeOver = false

  /**
   * @param signal the caller's
   * @param onOver called when the time is over
   */
  constructor(signal: AbortSignal, limit: Milliseconds, onOver: () => void) {
    this.#signal = signal
    signal.addEventListener('abort', this.#end)
    this.#timer = setTimeout(() => {
      this.#isTimeOver = true
      onOver()
      this.#end()
    }, limit)
  }

  /** Whether the time is over, and the caller has not ended the run before. */
  get isTimeOver(): boolean {
    return this.#isTimeOver && !this.#signal.aborted
  }

  /** Each pass has a signal of its own: nothing that listens to it is left when it has ended. */
  beginPass(): AbortSignal {
    this.#ending = new AbortController()
    if (this.#isTimeOver || this.#signal.aborted) this.#end()
    return this.#ending.signal
  }

  /** Waits, or less if the run ends before. */
  async pause(time: Milliseconds): Promise<void> {
    const signal = this.beginPass()
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, time)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  release(): void {
    clearTimeout(this.#timer)
    this.#signal.removeEventListener('abort', this.#end)
  }

  readonly #end = (): void => this.#ending.abort()
}

/** Where a run of one segment could start again: told once nothing before it waits any more. */
import type { RecheckQueue } from './recheck-queue.ts'

export class RestartKeys {
  readonly #rechecks: RecheckQueue
  readonly #tell: (key: string) => void
  /** Keys up to which all is compared, with how many had come to wait by then. */
  readonly #compared: { readonly key: string; readonly arrivals: number }[] = []

  constructor(rechecks: RecheckQueue, tell: (key: string) => void) {
    this.#rechecks = rechecks
    this.#tell = tell
  }

  compared(key: string): void {
    this.#compared.push({ key, arrivals: this.#rechecks.arrivals })
    this.tellDecided()
  }

  /** Tells the furthest key before which all is decided, if that is a new one. */
  tellDecided(): void {
    const open = this.#compared.findIndex(({ arrivals }) => !this.#rechecks.isDecided(arrivals))
    const decided = this.#compared.splice(0, open < 0 ? this.#compared.length : open)
    const last = decided.at(-1)
    if (last !== undefined) this.#tell(last.key)
  }
}

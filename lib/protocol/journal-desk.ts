/** Before-images on their way to the main thread; a write waits until its own is on disk. */
import { fromWire, type WireError } from './wire-error.ts'

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export class JournalDesk {
  readonly #send: (lines: readonly string[]) => void
  #lines: string[] = []
  /** In the order of their lines. */
  readonly #waiting: Waiting[] = []

  constructor(send: (lines: readonly string[]) => void) {
    this.#send = send
  }

  /** Settles when the line is durable. */
  record(line: string): Promise<void> {
    // Lines of one turn of the event loop go together, and share one trip to the disk.
    if (this.#lines.length === 0) setImmediate(() => this.#flush())
    this.#lines.push(line)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** The main thread has written so many of the lines, or failed to. */
  recorded(count: number, error?: WireError): void {
    for (const { resolve, reject } of this.#waiting.splice(0, count)) {
      if (error === undefined) resolve()
      else reject(fromWire(error))
    }
  }

  #flush(): void {
    const lines = this.#lines
    this.#lines = []
    this.#send(lines)
  }
}

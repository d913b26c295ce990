/** Sends intended writes to the main thread. Each write waits until it is on record there. */
import type { AboutToWrite } from './messages.ts'
import { fromWire, type WireError } from './wire-error.ts'

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export class WriteLogRequests {
  readonly #send: (writes: readonly AboutToWrite[]) => void
  #writes: AboutToWrite[] = []
  /** In the order they came. */
  readonly #waiting: Waiting[] = []
  #isAwaiting = false

  constructor(send: (writes: readonly AboutToWrite[]) => void) {
    this.#send = send
  }

  /** Settles when the write is on record. */
  record(write: AboutToWrite): Promise<void> {
    // Writes of one turn of the event loop go together, and share one sync to disk. So do those that
    // come while earlier ones are put on record.
    if (this.#writes.length === 0 && !this.#isAwaiting) setImmediate(() => this.#flush())
    this.#writes.push(write)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** The main thread has recorded so many writes, or failed to. */
  recorded(count: number, error?: WireError): void {
    for (const { resolve, reject } of this.#waiting.splice(0, count)) {
      if (error === undefined) resolve()
      else reject(fromWire(error))
    }
    this.#isAwaiting = false
    if (this.#writes.length > 0) this.#flush()
  }

  #flush(): void {
    const writes = this.#writes
    this.#writes = []
    this.#isAwaiting = true
    this.#send(writes)
  }
}

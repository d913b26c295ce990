/** Sends findings from a worker: in batches, and never far ahead of the side that takes them. */
import type { Finding } from './messages.ts'

const BATCH = 100

/** Most batches that are sent and not yet taken. */
const MAX_UNTAKEN = 2

export class Outbox {
  readonly #send: (findings: readonly Finding[]) => void
  #findings: Finding[] = []
  #untaken = 0
  #waiting: (() => void)[] = []

  constructor(send: (findings: readonly Finding[]) => void) {
    this.#send = send
  }

  /** Settles when there is room for more. Undefined: there is room now. */
  tell(finding: Finding): Promise<void> | undefined {
    this.#findings.push(finding)
    return this.#findings.length >= BATCH ? this.#flush() : undefined
  }

  /** Sends what has gathered, if no batch is in flight. */
  nudge(): void {
    if (this.#untaken === 0) this.#sendBatch()
  }

  /** Settles when the other side has taken everything. */
  async allTold(): Promise<void> {
    await this.#flush()
    while (this.#untaken > 0) await this.#oneTaken()
  }

  /** Called when the other side has taken a batch. */
  taken(): void {
    this.#untaken--
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }

  async #flush(): Promise<void> {
    while (this.#untaken >= MAX_UNTAKEN) await this.#oneTaken()
    this.#sendBatch()
  }

  #sendBatch(): void {
    if (this.#findings.length === 0) return
    const findings = this.#findings
    this.#findings = []
    this.#untaken++
    this.#send(findings)
  }

  #oneTaken(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}

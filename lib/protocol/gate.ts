/** A gate that the main thread opens and shuts. Work waits at it. */
export class Gate {
  #isShut = false
  #waiting: (() => void)[] = []

  set(isShut: boolean): void {
    this.#isShut = isShut
    if (isShut) return
    for (const letThrough of this.#waiting) letThrough()
    this.#waiting = []
  }

  get isShut(): boolean {
    return this.#isShut
  }

  /** Settles when the gate is open. */
  async pass(): Promise<void> {
    while (this.#isShut) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}

/** How many more writes a run may make, over all threads. */
export class Allowance {
  readonly #left: BigInt64Array
  /** One of several runs together. */
  readonly #shared: Allowance | undefined

  /** Undefined: there is no limit. */
  static memoryFor(most: number | undefined): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)
    new BigInt64Array(memory)[0] = limitOf(most)
    return memory
  }

  /** Subtracts what an earlier run has claimed. */
  static restore(memory: SharedArrayBuffer, claimed: number): void {
    Atomics.sub(new BigInt64Array(memory), 0, BigInt(claimed))
  }

  /** @param shared of an allowance that several runs keep together */
  constructor(memory: SharedArrayBuffer, shared?: SharedArrayBuffer) {
    this.#left = new BigInt64Array(memory)
    this.#shared = shared && new Allowance(shared)
  }

  get left(): bigint {
    return Atomics.load(this.#left, 0)
  }

  /** A claimed write was not made. */
  giveBack(): void {
    Atomics.add(this.#left, 0, 1n)
    this.#shared?.giveBack()
  }

  /** Whether one more write may be made. A refused claim takes nothing. */
  claim(): boolean {
    if (!this.#claimOwn()) return false
    if (this.#shared?.claim() !== false) return true
    Atomics.add(this.#left, 0, 1n)
    return false
  }

  #claimOwn(): boolean {
    for (;;) {
      const left = Atomics.load(this.#left, 0)
      if (left <= 0n) return false
      if (Atomics.compareExchange(this.#left, 0, left, left - 1n) === left) return true
    }
  }
}

const limitOf = (most: number | undefined) => (most === undefined ? 2n ** 62n : BigInt(most))

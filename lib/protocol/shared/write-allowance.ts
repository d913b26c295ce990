/** How many more writes a run may make, over all threads. */
export class Allowance {
  readonly #left: BigInt64Array

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

  constructor(memory: SharedArrayBuffer) {
    this.#left = new BigInt64Array(memory)
  }

  /** A claimed write was not made. */
  giveBack(): void {
    Atomics.add(this.#left, 0, 1n)
  }

  /** Whether one more write may be made. A refused claim takes nothing. */
  claim(): boolean {
    for (;;) {
      const left = Atomics.load(this.#left, 0)
      if (left <= 0n) return false
      if (Atomics.compareExchange(this.#left, 0, left, left - 1n) === left) return true
    }
  }
}

const limitOf = (most: number | undefined) => (most === undefined ? 2n ** 62n : BigInt(most))

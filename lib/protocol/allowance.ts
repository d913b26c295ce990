/** How many more writes a run may make, over all threads. */
export class Allowance {
  readonly #left: BigInt64Array

  /** Undefined: as many as there are to make. */
  static memoryFor(most: number | undefined): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)
    new BigInt64Array(memory)[0] = most === undefined ? 2n ** 62n : BigInt(most)
    return memory
  }

  constructor(memory: SharedArrayBuffer) {
    this.#left = new BigInt64Array(memory)
  }

  /** One that was claimed was not made. */
  giveBack(): void {
    Atomics.add(this.#left, 0, 1n)
  }

  /** Whether one more may be made. */
  claim(): boolean {
    return Atomics.sub(this.#left, 0, 1n) > 0n
  }
}

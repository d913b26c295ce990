/** How many more writes a run may make, over all threads. */
export class Allowance {
  readonly #left: BigInt64Array

  /** Undefined: as many as there are to make. */
  static memoryFor(most: number | undefined): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)
    new BigInt64Array(memory)[0] = limitOf(most)
    return memory
  }

  /** How many were claimed of it. */
  static claimed(memory: SharedArrayBuffer, most: number | undefined): number {
    return Number(limitOf(most) - (new BigInt64Array(memory)[0] ?? 0n))
  }

  /** Takes off what a run before has claimed. */
  static restore(memory: SharedArrayBuffer, claimed: number): void {
    Atomics.sub(new BigInt64Array(memory), 0, BigInt(claimed))
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

const limitOf = (most: number | undefined) => (most === undefined ? 2n ** 62n : BigInt(most))

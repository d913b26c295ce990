/**
 * Replicas whose first writes are still being tried out. One byte for each table in shared memory:
 * while it is set, the main thread decides about every write, also about those that a thread would
 * otherwise make on its own.
 */
import type { TableIndex } from '../../model/tables/table.ts'

export class CanaryFlags {
  readonly #flags: Uint8Array

  static memoryFor(tables: number, areOut: boolean): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(tables)
    if (areOut) new Uint8Array(memory).fill(1)
    return memory
  }

  constructor(memory: SharedArrayBuffer) {
    this.#flags = new Uint8Array(memory)
  }

  isOut(replica: TableIndex): boolean {
    return Atomics.load(this.#flags, replica) === 1
  }

  /** The first writes of the replica held. */
  clear(replica: TableIndex): void {
    Atomics.store(this.#flags, replica, 0)
  }
}

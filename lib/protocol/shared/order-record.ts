/**
 * What rechecks have shown about the order of two scans, over all segments of all threads. A
 * segment alone sees too few of the rare suspects that disprove the order.
 */
import type { TableIndex } from '../../model/tables/table.ts'

/** Per table: rechecked suspects by order, false ones among them, segments whose orders differ. */
const RECHECKED = 0
const FALSE = 1
const BELIED = 2
const COUNTERS = 3

export class OrderRecord {
  readonly #counters: Uint32Array

  static memoryFor(tables: number): SharedArrayBuffer {
    return new SharedArrayBuffer(tables * COUNTERS * Uint32Array.BYTES_PER_ELEMENT)
  }

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Uint32Array(memory)
  }

  note(replica: TableIndex, wasFalse: boolean): void {
    Atomics.add(this.#counters, replica * COUNTERS + RECHECKED, 1)
    if (wasFalse) Atomics.add(this.#counters, replica * COUNTERS + FALSE, 1)
  }

  /** Notes that the two orders differ. */
  belie(replica: TableIndex): void {
    Atomics.add(this.#counters, replica * COUNTERS + BELIED, 1)
  }

  /** Whether nothing has contradicted the order so far. */
  isFlawless(replica: TableIndex): boolean {
    return this.falseShare(replica) === 0
  }

  /** The share of the rechecked suspects that proved false, from 0 to 1; 1 if the orders differ. */
  falseShare(replica: TableIndex): number {
    if (Atomics.load(this.#counters, replica * COUNTERS + BELIED) > 0) return 1
    const rechecked = Atomics.load(this.#counters, replica * COUNTERS + RECHECKED)
    const wrong = Atomics.load(this.#counters, replica * COUNTERS + FALSE)
    return rechecked === 0 ? 0 : wrong / rechecked
  }
}

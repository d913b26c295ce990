/**
 * What tables answer, in shared memory: how many requests, with how many bytes, and how long that
 * took. The threads add to it, and the main thread makes rates of it.
 */
import type { CapacityKind } from '../../model/tables/capacity.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Bytes, Milliseconds } from '../../model/units.ts'

/** Per table and kind. */
const ANSWERS = 0
const RECEIVED = 1
/** In thousandths of a millisecond. */
const TOOK = 2
const PER_KIND = 3
const PER_TABLE = 2 * PER_KIND

const PRECISION = 1000

export class Traffic {
  readonly #counters: BigInt64Array

  static memoryFor(tables: number): SharedArrayBuffer {
    return new SharedArrayBuffer(tables * PER_TABLE * BigInt64Array.BYTES_PER_ELEMENT)
  }

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new BigInt64Array(memory)
  }

  /** A request was answered. `took`: from its first byte to the last one of its answer. */
  answered(table: TableIndex, kind: CapacityKind, { received, took }: Answered): void {
    Atomics.add(this.#counters, at(table, kind, ANSWERS), 1n)
    Atomics.add(this.#counters, at(table, kind, RECEIVED), BigInt(received))
    Atomics.add(this.#counters, at(table, kind, TOOK), BigInt(Math.round(took * PRECISION)))
  }

  /** The sums over all answers so far. */
  observe(table: TableIndex, kind: CapacityKind): Answered & { readonly answers: number } {
    const read = (place: number) => Number(Atomics.load(this.#counters, at(table, kind, place)))
    return { answers: read(ANSWERS), received: read(RECEIVED), took: read(TOOK) / PRECISION }
  }
}

export interface Answered {
  /** The body's length, after it was decoded. */
  readonly received: Bytes
  readonly took: Milliseconds
}

const at = (table: TableIndex, kind: CapacityKind, place: number) =>
  table * PER_TABLE + (kind === 'write' ? PER_KIND : 0) + place

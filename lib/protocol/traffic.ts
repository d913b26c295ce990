/**
 * What goes on between all threads and each table, in shared memory: capacity
 * that is left to use, what was used, and who waits. The main thread fills, the
 * threads draw; so a pace holds over all of them, and changes at once.
 */
import type { CapacityKind } from '../model/capacity.ts'
import type { TableIndex } from '../model/table.ts'
import type { Milliseconds } from '../model/units.ts'

/** Per table and kind, units in thousandths. */
const LEFT = 0
const USED = 1
const IS_LIMITED = 2
const WAITING = 3
const THROTTLED = 4
const PER_KIND = 5

/** Per table, beside both kinds: requests under way, and when it was last heard. */
const OPEN = 2 * PER_KIND
const HEARD = OPEN + 1
const PER_TABLE = HEARD + 1

/** In the first place: whether nothing may go out at all. */
const IS_PAUSED = 0
const FIRST_TABLE = 1

const thousandths = (units: number) => BigInt(Math.round(units * 1000))

export class Traffic {
  readonly #counters: BigInt64Array

  static memoryFor(tables: number): SharedArrayBuffer {
    return new SharedArrayBuffer(
      (FIRST_TABLE + tables * PER_TABLE) * BigInt64Array.BYTES_PER_ELEMENT,
    )
  }

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new BigInt64Array(memory)
  }

  /** Sets units aside for a request, if it may go out now. Where some are left, a request may take more. */
  take(table: TableIndex, kind: CapacityKind, units: number): boolean {
    if (this.isPaused) return false
    const left = at(table, kind, LEFT)
    if (Atomics.load(this.#counters, at(table, kind, IS_LIMITED)) === 0n) {
      Atomics.sub(this.#counters, left, thousandths(units))
      return true
    }
    for (;;) {
      const before = Atomics.load(this.#counters, left)
      if (before <= 0n) return false
      const after = before - thousandths(units)
      if (Atomics.compareExchange(this.#counters, left, before, after) === before) return true
    }
  }

  /** The request has taken `used`, where `expected` were set aside. */
  settle(table: TableIndex, kind: CapacityKind, expected: number, used: number): void {
    Atomics.add(this.#counters, at(table, kind, LEFT), thousandths(expected) - thousandths(used))
    Atomics.add(this.#counters, at(table, kind, USED), thousandths(used))
  }

  /** One request more, or one less, waits for capacity. */
  waiting(table: TableIndex, kind: CapacityKind, by: 1 | -1): void {
    Atomics.add(this.#counters, at(table, kind, WAITING), BigInt(by))
  }

  throttled(table: TableIndex, kind: CapacityKind): void {
    Atomics.add(this.#counters, at(table, kind, THROTTLED), 1n)
  }

  opened(table: TableIndex): void {
    Atomics.add(this.#counters, at(table, 'read', OPEN), 1n)
    this.heard(table)
  }

  closed(table: TableIndex): void {
    Atomics.sub(this.#counters, at(table, 'read', OPEN), 1n)
  }

  /** Something has come from the table. */
  heard(table: TableIndex): void {
    Atomics.store(this.#counters, at(table, 'read', HEARD), BigInt(Date.now()))
  }

  get isPaused(): boolean {
    return Atomics.load(this.#counters, IS_PAUSED) === 1n
  }

  pause(isPaused: boolean): void {
    Atomics.store(this.#counters, IS_PAUSED, isPaused ? 1n : 0n)
  }

  /** Adds capacity, of which no more than `most` is kept for later. */
  fill(table: TableIndex, kind: CapacityKind, units: number, most: number): void {
    const left = at(table, kind, LEFT)
    // What went out before there was a limit is not held against it.
    const wasLimited = Atomics.exchange(this.#counters, at(table, kind, IS_LIMITED), 1n) === 1n
    if (!wasLimited) Atomics.store(this.#counters, left, 0n)
    const after = Atomics.add(this.#counters, left, thousandths(units)) + thousandths(units)
    const surplus = after - thousandths(most)
    if (surplus > 0n) Atomics.sub(this.#counters, left, surplus)
  }

  /** Everything goes out at once from here on. */
  lift(table: TableIndex, kind: CapacityKind): void {
    Atomics.store(this.#counters, at(table, kind, IS_LIMITED), 0n)
  }

  /** What was used in all, requests that wait now, and requests that were throttled in all. */
  observe(table: TableIndex, kind: CapacityKind) {
    const read = (place: number) => Number(Atomics.load(this.#counters, at(table, kind, place)))
    return { used: read(USED) / 1000, waiting: read(WAITING), throttled: read(THROTTLED) }
  }

  /** How long nothing has come from the table although it was asked; 0 where it was not. */
  silence(table: TableIndex): Milliseconds {
    const open = Atomics.load(this.#counters, at(table, 'read', OPEN))
    const heard = Atomics.load(this.#counters, at(table, 'read', HEARD))
    return open > 0n ? Math.max(Date.now() - Number(heard), 0) : 0
  }
}

const at = (table: TableIndex, kind: CapacityKind, place: number) =>
  FIRST_TABLE + table * PER_TABLE + (place < OPEN && kind === 'write' ? PER_KIND : 0) + place

/**
 * A token bucket for each table, in shared memory: capacity that is left, what was used, and
 * whether requests wait for more. The main thread fills the buckets and the threads draw from them,
 * so a limit holds for all threads, and changes at once. Nothing has to be given back, because a
 * thread may die at any moment.
 */
import type { CapacityKind } from '../../model/tables/capacity.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'

/** Per table and kind, units in millionths. */
const LEFT = 0
const USED = 1
const IS_LIMITED = 2
/** When a request last found nothing left. */
const WANTED_AT = 3
const THROTTLED = 4
/** The limit, in units per second. */
const RATE = 5
const PER_KIND = 6
const PER_TABLE = 2 * PER_KIND

/** The first places: whether nothing may be sent, and whether the run is ending. */
const IS_PAUSED = 0
const IS_ENDING = 1
const FIRST_TABLE = 2

/** Fine enough for one unit a day, added in parts forty times a second. */
const PRECISION = 1e6
const millionths = (units: number) => BigInt(Math.round(units * PRECISION))

/** A waiting request checks again far more often than this. */
const WANTED_FOR: Milliseconds = 500

export interface Filling {
  /** Units per second. */
  readonly rate: number
  readonly milliseconds: Milliseconds
  /** The most units that are kept for later. */
  readonly most: number
}

export class TokenBuckets {
  readonly #counters: BigInt64Array

  static memoryFor(tables: number): SharedArrayBuffer {
    return new SharedArrayBuffer(
      (FIRST_TABLE + tables * PER_TABLE) * BigInt64Array.BYTES_PER_ELEMENT,
    )
  }

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new BigInt64Array(memory)
  }

  /** Reserves units for a request if it may go out now. If any are left, it may take more. */
  take(table: TableIndex, kind: CapacityKind, units: number): boolean {
    if (this.isPaused) return false
    const left = at(table, kind, LEFT)
    if (Atomics.load(this.#counters, at(table, kind, IS_LIMITED)) === 0n) return true
    for (;;) {
      const before = Atomics.load(this.#counters, left)
      if (before <= 0n) {
        Atomics.store(this.#counters, at(table, kind, WANTED_AT), BigInt(Date.now()))
        return false
      }
      const after = before - millionths(units)
      if (Atomics.compareExchange(this.#counters, left, before, after) === before) return true
    }
  }

  /** The request took `used` units; `expected` units had been reserved. */
  settle(table: TableIndex, kind: CapacityKind, expected: number, used: number): void {
    Atomics.add(this.#counters, at(table, kind, LEFT), millionths(expected) - millionths(used))
    Atomics.add(this.#counters, at(table, kind, USED), millionths(used))
  }

  throttled(table: TableIndex, kind: CapacityKind): void {
    Atomics.add(this.#counters, at(table, kind, THROTTLED), 1n)
  }

  get isPaused(): boolean {
    return Atomics.load(this.#counters, IS_PAUSED) === 1n
  }

  pause(isPaused: boolean): void {
    Atomics.store(this.#counters, IS_PAUSED, isPaused ? 1n : 0n)
  }

  /** Whether the run is ending: a request that lacks capacity is not sent any more. */
  get isEnding(): boolean {
    return Atomics.load(this.#counters, IS_ENDING) === 1n
  }

  beginEnding(): void {
    Atomics.store(this.#counters, IS_ENDING, 1n)
  }

  /** The limit of a table, in units per second. */
  rate(table: TableIndex, kind: CapacityKind): number {
    const isLimited = Atomics.load(this.#counters, at(table, kind, IS_LIMITED)) === 1n
    if (!isLimited) return Number.POSITIVE_INFINITY
    return Number(Atomics.load(this.#counters, at(table, kind, RATE))) / PRECISION
  }

  /** Adds what `milliseconds` at a rate give, and keeps at most `most` units for later. */
  fill(table: TableIndex, kind: CapacityKind, { rate, milliseconds, most }: Filling): void {
    const left = at(table, kind, LEFT)
    const units = (rate * milliseconds) / 1000
    Atomics.store(this.#counters, at(table, kind, RATE), millionths(rate))
    // What was sent before there was a limit does not count against it.
    const wasLimited = Atomics.exchange(this.#counters, at(table, kind, IS_LIMITED), 1n) === 1n
    if (!wasLimited) Atomics.store(this.#counters, left, 0n)
    const after = Atomics.add(this.#counters, left, millionths(units)) + millionths(units)
    const surplus = after - millionths(most)
    if (surplus > 0n) Atomics.sub(this.#counters, left, surplus)
  }

  /** Removes the limit: requests go out at once. */
  lift(table: TableIndex, kind: CapacityKind): void {
    Atomics.store(this.#counters, at(table, kind, IS_LIMITED), 0n)
  }

  /** Units used in all, whether no unit is left now, and requests throttled in all. */
  observe(table: TableIndex, kind: CapacityKind) {
    const read = (place: number) => Number(Atomics.load(this.#counters, at(table, kind, place)))
    return {
      used: read(USED) / PRECISION,
      isUsedUp: read(IS_LIMITED) === 1 && Date.now() - read(WANTED_AT) < WANTED_FOR,
      throttled: read(THROTTLED),
    }
  }
}

const at = (table: TableIndex, kind: CapacityKind, place: number) =>
  FIRST_TABLE + table * PER_TABLE + (kind === 'write' ? PER_KIND : 0) + place

/**
 * What goes on between all threads and each table, in shared memory: capacity
 * that is left to use, what was used, and whether it is waited for. The main
 * thread fills, the threads draw; so a pace holds over all of them, and changes
 * at once. Nothing here is to be given back: a thread may die at any moment.
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
/** Units a second that it is held to. */
const RATE = 5
const PER_KIND = 6
const PER_TABLE = 2 * PER_KIND

/** In the first places: whether nothing may go out at all; whether nothing is waited for any more. */
const IS_PAUSED = 0
const IS_ENDING = 1
const FIRST_TABLE = 2

/** Fine enough for a unit in a day, added forty times a second. */
const PRECISION = 1e6
const millionths = (units: number) => BigInt(Math.round(units * PRECISION))

/** A request that waits looks again far more often. */
const WANTED_FOR: Milliseconds = 500

export interface Filling {
  /** Units a second. */
  readonly rate: number
  readonly milliseconds: Milliseconds
  /** Units. */
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

  /** Sets units aside for a request, if it may go out now. Where some are left, a request may take more. */
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

  /** The request has taken `used`, where `expected` were set aside. */
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

  /** Whether the run is to end: what there is no capacity for is not sent any more. */
  get isEnding(): boolean {
    return Atomics.load(this.#counters, IS_ENDING) === 1n
  }

  beginEnding(): void {
    Atomics.store(this.#counters, IS_ENDING, 1n)
  }

  /** What a table is held to, in units a second. */
  rate(table: TableIndex, kind: CapacityKind): number {
    const isLimited = Atomics.load(this.#counters, at(table, kind, IS_LIMITED)) === 1n
    if (!isLimited) return Number.POSITIVE_INFINITY
    return Number(Atomics.load(this.#counters, at(table, kind, RATE))) / PRECISION
  }

  /** Adds what `milliseconds` at a rate give; no more is kept for later than `most` units. */
  fill(table: TableIndex, kind: CapacityKind, { rate, milliseconds, most }: Filling): void {
    const left = at(table, kind, LEFT)
    const units = (rate * milliseconds) / 1000
    Atomics.store(this.#counters, at(table, kind, RATE), millionths(rate))
    // What went out before there was a limit is not held against it.
    const wasLimited = Atomics.exchange(this.#counters, at(table, kind, IS_LIMITED), 1n) === 1n
    if (!wasLimited) Atomics.store(this.#counters, left, 0n)
    const after = Atomics.add(this.#counters, left, millionths(units)) + millionths(units)
    const surplus = after - millionths(most)
    if (surplus > 0n) Atomics.sub(this.#counters, left, surplus)
  }

  /** Everything goes out at once from here on. */
  lift(table: TableIndex, kind: CapacityKind): void {
    Atomics.store(this.#counters, at(table, kind, IS_LIMITED), 0n)
  }

  /** What was used in all, whether all that was there is used up now, and requests that were throttled in all. */
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

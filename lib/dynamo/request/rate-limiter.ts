/**
 * Decides when a request may go out. Its expected units are taken from the table's token bucket
 * before, and corrected by the units that its answer reports. A bucket may go below zero, and then
 * the next requests wait.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CapacityKind } from '../../model/tables/capacity.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { TokenBuckets } from '../../protocol/shared/token-buckets.ts'
import type { Cutoff } from './cutoff.ts'
import type { Excused } from './inactivity-timeout.ts'
import { capacityOf, type ItemOperation } from './operations.ts'
import { runEnds } from './request-errors.ts'

/** Time between two checks for capacity; random, so that threads do not all check at once. */
const LOOK_AGAIN: Milliseconds = 5

/** How much the last request of a kind changes what the next one is expected to take. */
const WEIGHT = 0.3

/** The turn of one request; one of the two methods ends it. */
export interface Turn {
  /** Reports what the request has taken. */
  settle(units: number): void
  /** It was refused because the whole table has no capacity left: its units are not given back. */
  throttled(): void
}

export class Pace {
  readonly #tokenBuckets: TokenBuckets
  readonly #table: TableIndex
  readonly #expected = new Map<ItemOperation, number>()

  constructor(tokenBuckets: TokenBuckets, table: TableIndex) {
    this.#tokenBuckets = tokenBuckets
    this.#table = table
  }

  /**
   * Settles when the request may go out. `guess`: expected units until one of its kind was
   * answered.
   *
   * @throws TablesyncError with code `ENDED` if it may not go out any more
   * @throws the reason of the cutoff
   */
  async turn(
    { operation, guess = 1 }: { readonly operation: ItemOperation; readonly guess?: number },
    cutoff: Cutoff,
    excused: Excused,
  ): Promise<Turn> {
    const kind = capacityOf(operation)
    const expected = this.#expected.get(operation) ?? guess
    if (!this.#tokenBuckets.take(this.#table, kind, expected)) {
      await excused(this.#admitted(kind, expected, cutoff))
    }
    return {
      settle: (units) => {
        this.#tokenBuckets.settle(this.#table, kind, expected, units)
        if (units > 0) this.#expected.set(operation, expected + (units - expected) * WEIGHT)
      },
      throttled: () => this.#tokenBuckets.throttled(this.#table, kind),
    }
  }

  async #admitted(kind: CapacityKind, units: number, cutoff: Cutoff): Promise<void> {
    do {
      if (this.#tokenBuckets.isEnding) throw runEnds('not sent')
      await sleep(LOOK_AGAIN * (1 + 2 * Math.random()), undefined, { signal: cutoff.signal })
    } while (!this.#tokenBuckets.take(this.#table, kind, units))
  }
}

/**
 * When a request may go out. What it is going to take is set aside of the
 * table's capacity before, and put right by what it says it took; capacity may
 * go below nothing, and then the next ones wait.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CapacityKind } from '../../model/tables/capacity.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { TokenBuckets } from '../../protocol/shared/token-buckets.ts'
import type { Excused } from './inactivity-timeout.ts'
import { type ItemOperation, isRead } from './operations.ts'
import { runEnds } from './request-errors.ts'

/** Between two looks at whether there is capacity; drawn, so that threads do not look all at once. */
const LOOK_AGAIN: Milliseconds = 5

/** How much of what is expected the last request of its kind makes up. */
const WEIGHT = 0.3

/** Ended by one or the other. */
export interface Turn {
  /** What the request has taken. */
  settle(units: number): void
  /** It was refused since the table as a whole has no capacity left: what was set aside for it is not there. */
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
   * Settles when the request may go out. `guess`: units that it may take, as long as none of its kind has told.
   *
   * @throws TablesyncError with code `ENDED` where it may not any more
   * @throws the reason of the signal
   */
  async turn(
    { operation, guess = 1 }: { readonly operation: ItemOperation; readonly guess?: number },
    signal: AbortSignal,
    excused: Excused,
  ): Promise<Turn> {
    const kind: CapacityKind = isRead(operation) ? 'read' : 'write'
    const expected = this.#expected.get(operation) ?? guess
    if (!this.#tokenBuckets.take(this.#table, kind, expected)) {
      await excused(this.#admitted(kind, expected, signal))
    }
    return {
      settle: (units) => {
        this.#tokenBuckets.settle(this.#table, kind, expected, units)
        if (units > 0) this.#expected.set(operation, expected + (units - expected) * WEIGHT)
      },
      throttled: () => this.#tokenBuckets.throttled(this.#table, kind),
    }
  }

  async #admitted(kind: CapacityKind, units: number, signal: AbortSignal): Promise<void> {
    do {
      if (this.#tokenBuckets.isEnding) throw runEnds('not sent')
      await sleep(LOOK_AGAIN * (1 + 2 * Math.random()), undefined, { signal })
    } while (!this.#tokenBuckets.take(this.#table, kind, units))
  }
}

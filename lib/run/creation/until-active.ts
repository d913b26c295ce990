/** Waits for a table that is being made. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { TableMaker } from '../../dynamo/create/table-maker.ts'
import type { Described } from '../../dynamo/describe/control-plane.ts'
import { refuseUnready } from '../../dynamo/describe/table-status.ts'
import { TablesyncError } from '../../errors.ts'
import type { RunEvent } from '../../model/events/events.ts'
import type { Milliseconds } from '../../model/units.ts'
import { accessOf, type LocatedTable } from '../tables/table-access.ts'
import type { Making, TableDescription } from './making.ts'

const FIRST_LOOK: Milliseconds = 50
const BETWEEN_LOOKS: Milliseconds = 5000
const TELL_EVERY: Milliseconds = 10_000

/** Waits that grow, with a word now and then, until something holds. */
export class Patience {
  readonly #access: Described
  readonly #making: Making
  readonly #limit: Milliseconds
  readonly #ending: AbortSignal
  readonly #began = performance.now()
  #told = Number.NEGATIVE_INFINITY
  #next = FIRST_LOOK

  constructor(making: Making, index: number) {
    const { timeouts, ending } = making.options(index)
    this.#access = accessOf(making.all[index] as LocatedTable, index, making.runId)
    this.#making = making
    this.#limit = timeouts.maxOutage
    this.#ending = ending
  }

  get elapsedMs(): Milliseconds {
    return Math.round(performance.now() - this.#began)
  }

  /**
   * @throws the reason of the signal
   * @throws the error, once the wait has taken as long as it may
   */
  async wait(status: (RunEvent & { type: 'creating' })['status'], over: () => TablesyncError) {
    const { elapsedMs } = this
    if (elapsedMs >= this.#limit) throw over()
    if (elapsedMs - this.#told >= TELL_EVERY) {
      this.#told = elapsedMs
      const { label: replica } = this.#access
      const limitMs = this.#limit
      this.#making.onEvent({ type: 'creating', replica, status, elapsedMs, limitMs })
    }
    await sleep(Math.min(this.#next, this.#limit - elapsedMs), undefined, { signal: this.#ending })
    this.#next = Math.min(this.#next * 2, BETWEEN_LOOKS)
  }

  /**
   * Settles once table and indexes can be used. DescribeTable may not know a new table for some
   * seconds (API reference, DescribeTable).
   *
   * @throws TablesyncError with code `TABLE_NOT_READY`
   */
  async untilActive(maker: Pick<TableMaker, 'look'>): Promise<void> {
    for (;;) {
      const table = await maker.look()
      if (table !== undefined && !isBeingMade(table)) {
        return refuseUnready(this.#access, table.TableStatus)
      }
      await this.wait(table === undefined ? 'unknown' : 'CREATING', () => this.#overdue())
    }
  }

  #overdue(): TablesyncError {
    const { label, index: table } = this.#access
    const seconds = Math.round(this.#limit / 1000)
    return new TablesyncError(`Expected ${label} to be ACTIVE within ${seconds} s, got CREATING`, {
      ...{ code: 'TABLE_NOT_READY', scope: 'run', table },
      hint: 'Run the same command again, which waits and goes on, or with a longer --max-outage.',
    })
  }
}

export const isBeingMade = ({ TableStatus, GlobalSecondaryIndexes = [] }: TableDescription) =>
  TableStatus === 'CREATING' ||
  GlobalSecondaryIndexes.some(({ IndexStatus }) => IndexStatus === 'CREATING')

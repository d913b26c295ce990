/** Lets requests wait while their table may be out of reach. No limit counts that time. */
import { setTimeout as sleep } from 'node:timers/promises'
import { TablesyncError } from '../../errors.ts'
import type { RequestTimeouts } from '../../model/request-timeouts.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Outages } from '../../protocol/shared/outages.ts'
import type { Cutoff } from './cutoff.ts'
import type { Excused } from './inactivity-timeout.ts'
import { hasNoAnswer, type RequestContext, reasonOf, runEnds } from './request-errors.ts'

const OUT_OF_REACH = 'out of reach for'

/** Time between two checks for an answer: short at first; random, so that not all check at once. */
const FIRST_LOOK: Milliseconds = 10
const LONGEST_LOOK: Milliseconds = 300

/** For one request: one that fails in more of them may fail on its own, and its tries count. */
const MOST_OUTAGES = 10

export interface OutageGateOptions {
  readonly timeouts: Pick<RequestTimeouts, 'maxOutage'>
  /** Absent: nobody checks whether the table is out of reach, and requests do not wait for it. */
  readonly outages?: Outages
  readonly table: TableIndex
  readonly isEnding: () => boolean
}

/** The request that waits. */
export interface Waiting {
  readonly context: RequestContext
  readonly cutoff: Cutoff
  readonly excused: Excused
}

export interface Watched<T> {
  /**
   * @throws TablesyncError with code `ENDED` if the run ends before the table is back, with code
   * `UNREACHABLE` if the table is given up; also what the attempt throws
   */
  attempt(): Promise<T>
  /**
   * Called when the attempt has failed. Settles when it is known whether the table is down, and
   * once it answers again. True: the failure came from an outage, which is over.
   *
   * @throws TablesyncError with code `UNREACHABLE` if the table is given up
   */
  outlasts(failure: TablesyncError): Promise<boolean>
}

export class OutageGate {
  readonly #outages: Outages | undefined
  readonly #table: TableIndex
  readonly #limit: Milliseconds
  readonly #isEnding: () => boolean

  constructor({ timeouts, outages, table, isEnding }: OutageGateOptions) {
    this.#limit = timeouts.maxOutage
    this.#outages = this.#limit > 0 ? outages : undefined
    this.#table = table
    this.#isEnding = isEnding
  }

  watch<T>(attempt: () => Promise<T>, waiting: Waiting): Watched<T> {
    const outages = this.#outages
    if (outages === undefined) return { attempt, outlasts: async () => false }
    let before = 0
    let outlasted = 0
    return {
      attempt: async () => {
        await this.#admits(outages, waiting)
        before = outages.count(this.#table)
        const answer = await attempt()
        outages.answered(this.#table)
        return answer
      },
      outlasts: async (failure) => {
        if (!hasNoAnswer(failure)) return false
        outages.suspect(this.#table)
        await this.#settled(outages, waiting)
        this.#refuseGivenUp(outages, waiting, failure)
        const wasDown = outages.count(this.#table) > before && !outages.isOpen(this.#table)
        return wasDown && ++outlasted <= MOST_OUTAGES
      },
    }
  }

  /** A table that is known to be down gets no request. */
  async #admits(outages: Outages, waiting: Waiting): Promise<void> {
    if (outages.isDown(this.#table)) await this.#settled(outages, waiting)
    if (outages.isDown(this.#table)) throw runEnds('not sent')
    this.#refuseGivenUp(outages, waiting)
  }

  async #settled(outages: Outages, { cutoff, excused }: Waiting): Promise<void> {
    const wait = async () => {
      for (let look = FIRST_LOOK; outages.isOpen(this.#table) && !this.#isEnding(); look *= 1.5) {
        const time = Math.min(look, LONGEST_LOOK) * (0.5 + Math.random())
        await sleep(time, undefined, { signal: cutoff.signal })
      }
    }
    await excused(wait())
  }

  #refuseGivenUp(outages: Outages, { context }: Waiting, failure?: TablesyncError): void {
    if (!outages.isGivenUp(this.#table)) return
    const { operation, label, table } = context
    // The failure already says that the table was given up.
    if (failure?.message.includes(OUT_OF_REACH)) throw failure
    const reason = failure === undefined ? '' : `: ${reasonOf(failure)}`
    const message = `${operation} on ${label}: ${OUT_OF_REACH} ${this.#limit / 1000} s${reason}`
    throw new TablesyncError(message, {
      code: 'UNREACHABLE',
      scope: 'table',
      table,
      hint: 'Run again once the endpoint answers, or raise --max-outage (maxOutage).',
      cause: failure,
    })
  }
}

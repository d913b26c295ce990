/** Reports how far a run is and what it waits for: after counts, and at least once a second. */
import type { Standstill } from '../../model/events/events.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import { named } from '../../model/tally.ts'
import type { Milliseconds } from '../../model/units.ts'
import { type Plan, segmentsToCompare } from '../preflight/scan-plan.ts'
import type { RateLimits } from '../rate/rate-limits.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { Ledger } from '../state/ledger.ts'
import type { RecheckQueue } from '../state/recheck-queue.ts'

const TOLD_EVERY: Milliseconds = 250
const TOLD_AT_LEAST_EVERY: Milliseconds = 1000

export interface ProgressOptions {
  readonly ledger: Ledger
  readonly rechecks: Pick<RecheckQueue, 'suspects'>
  readonly label: (replica: TableIndex) => string
  readonly plan: Plan
  readonly rateLimits: RateLimits
  /** Keys that must stand still, if the run waits for nothing but rechecks. */
  readonly standstill: () => Standstill | undefined
  readonly waitingFor: (standstill: Standstill | undefined) => readonly string[]
  readonly elapsedMs: () => Milliseconds
  readonly listeners: RunListeners
}

export class Progress {
  readonly #options: ProgressOptions
  #lastTold = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  begin(): void {
    this.#timer = setInterval(() => this.tell(), TOLD_AT_LEAST_EVERY)
  }

  end(): void {
    clearInterval(this.#timer)
  }

  counted(): void {
    if (performance.now() - this.#lastTold >= TOLD_EVERY) this.tell()
  }

  tell(): void {
    const { ledger, rechecks, label, plan, rateLimits, elapsedMs, listeners } = this.#options
    this.#lastTold = performance.now()
    const tally = ledger.totals()
    const standstill = this.#options.standstill()
    const suspects = Object.keys(tally.replicas).map(Number)
    listeners.onEvent({
      type: 'progress',
      tally: named(tally, label),
      suspects: Object.fromEntries(
        suspects.map((replica) => [label(replica), { ...rechecks.suspects(replica) }]),
      ),
      segmentsDone: ledger.segmentsDone,
      segments: segmentsToCompare(plan),
      elapsedMs: elapsedMs(),
      isPaused: rateLimits.isPaused,
      waitingFor: this.#options.waitingFor(standstill),
      ...(standstill !== undefined && { standstill }),
      flows: rateLimits.flows,
    })
  }
}

/**
 * Watches over a run: its pace and the control file, its progress and what it waits for, tasks that
 * stall, and whether its tables stay the same.
 */
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Settings } from '../../options/settings.ts'
import type { Plan } from '../preflight/scan-plan.ts'
import { ControlFile } from '../rate/control-file.ts'
import type { RateLimits } from '../rate/rate-limits.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { Ledger } from '../state/ledger.ts'
import type { RecheckQueue } from '../state/recheck-queue.ts'
import type { Tables } from '../tables/table-inspection.ts'
import type { TableWatch } from '../tables/table-watch.ts'
import type { Watchdog } from '../threads/watchdog.ts'
import { OutageWatch } from './outage-watch.ts'
import { Progress } from './progress.ts'
import { standstillOf } from './standstill.ts'
import type { StandstillWait } from './standstill-wait.ts'
import { waitingOf } from './waiting-reasons.ts'

export interface RunMonitorOptions {
  readonly settings: Settings
  readonly tables: Tables
  readonly plan: Plan
  readonly ledger: Ledger
  readonly rechecks: RecheckQueue
  readonly tableWatch: TableWatch
  readonly listeners: RunListeners
  readonly rateLimits: RateLimits
  /** The shared memory of `Outages`. */
  readonly outages: SharedArrayBuffer
  readonly elapsedMs: () => Milliseconds
  readonly isOver: () => boolean
  readonly label: (table: TableIndex) => string
  readonly watchdog: Watchdog
  readonly wait: Pick<StandstillWait, 'isAllThatIsLeft'>
}

export class RunMonitor {
  readonly #watchdog: Watchdog
  readonly #listeners: RunListeners
  readonly #tableWatch: TableWatch
  readonly #rateLimits: RateLimits
  readonly #outages: OutageWatch
  readonly #progress: Progress
  readonly #control: ControlFile | undefined

  constructor(options: RunMonitorOptions) {
    const { settings, tableWatch, rateLimits, listeners, watchdog, rechecks, wait } = options
    const outages = new OutageWatch({
      ...options,
      // A table that was out of reach may have been recreated.
      onBack: (table) => void tableWatch.look([table]),
    })
    const isWorking = () => !wait.isAllThatIsLeft
    const waitingFor = waitingOf({ ...options, outages, isWorking })
    const standstill = () =>
      isWorking() || rateLimits.isPaused ? undefined : standstillOf(rechecks, Date.now())
    this.#listeners = listeners
    this.#tableWatch = tableWatch
    this.#watchdog = watchdog
    this.#rateLimits = rateLimits
    this.#outages = outages
    this.#progress = new Progress({ ...options, standstill, waitingFor })
    this.#control =
      settings.control === undefined
        ? undefined
        : new ControlFile({
            file: settings.control,
            rateLimits,
            // During the pause no request went to the tables.
            beforeResuming: () => tableWatch.look(),
            onChange: () => this.tellPaces(),
            onRefused: (message) => listeners.onEvent({ type: 'control-refused', message }),
          })
  }

  async begin(): Promise<void> {
    this.#rateLimits.begin()
    await this.#control?.begin()
    this.#outages.begin()
    this.#progress.begin()
    this.#watchdog.begin()
    this.#tableWatch.begin()
  }

  end(): void {
    this.#outages.end()
    this.#progress.end()
    this.#watchdog.end()
    this.#tableWatch.end()
    this.#control?.end()
    this.#rateLimits.end()
  }

  /** Something was counted. */
  counted(): void {
    this.#progress.counted()
  }

  tellProgress(): void {
    this.#progress.tell()
  }

  tellPaces(): void {
    const { isPaused, paces } = this.#rateLimits
    this.#listeners.onEvent({ type: 'pace', isPaused, paces })
  }
}

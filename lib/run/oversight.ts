/**
 * What watches over a run while it is under way: its pace and who changes it,
 * how far it is and what it waits for, that it does not stand still, and that its tables stay the same.
 */
import type { Milliseconds } from '../model/units.ts'
import type { Settings } from '../options/settings.ts'
import { ControlFile } from './control-file.ts'
import type { Desk } from './desk.ts'
import type { Tables } from './inspect.ts'
import type { Ledger } from './ledger.ts'
import { OutageWatch } from './outage-watch.ts'
import { PaceKeeper } from './pace-keeper.ts'
import type { Plan } from './plan.ts'
import { Progress } from './progress.ts'
import type { RecheckQueue } from './recheck-queue.ts'
import { tellStalled } from './stalled.ts'
import type { TableWatch } from './table-watch.ts'
import type { RunHooks } from './teller.ts'
import { waitingOf } from './waiting.ts'
import { Watchdog } from './watchdog.ts'

export interface OversightOptions {
  readonly settings: Settings
  readonly tables: Tables
  readonly plan: Plan
  readonly ledger: Ledger
  readonly rechecks: RecheckQueue
  readonly tableWatch: TableWatch
  readonly hooks: RunHooks
  /** Shared counters behind `Traffic`. */
  readonly traffic: SharedArrayBuffer
  /** Shared states behind `Outages`. */
  readonly outages: SharedArrayBuffer
  readonly elapsedMs: () => Milliseconds
  readonly isOver: () => boolean
  /** Opened after this. */
  readonly desk: () => Desk
}

export class Oversight {
  readonly watchdog: Watchdog
  readonly #hooks: RunHooks
  readonly #tableWatch: TableWatch
  readonly #pace: PaceKeeper
  readonly #outages: OutageWatch
  readonly #progress: Progress
  readonly #control: ControlFile | undefined

  /** @throws TablesyncError with code `USAGE` where a pace is asked for that cannot be known */
  constructor(options: OversightOptions) {
    const { settings, tables, tableWatch, traffic, hooks, isOver, desk } = options
    const pace = new PaceKeeper(settings, tables, traffic, isOver)
    this.watchdog = new Watchdog({
      limit: settings.patience.stallLimit,
      onStalled(task, thread, how) {
        tellStalled(options, task, how)
        desk().endThread(thread)
      },
    })
    const { watchdog } = this
    const outages = new OutageWatch({
      ...options,
      // Whoever was away may have been made anew.
      onBack: (table) => void tableWatch.look([table]),
    })
    const waitingFor = waitingOf({
      ...options,
      pace,
      outages,
      watchdog,
      isWorking: () => desk().isComparing,
    })
    this.#hooks = hooks
    this.#tableWatch = tableWatch
    this.#pace = pace
    this.#outages = outages
    const label: Desk['label'] = (replica) => desk().label(replica)
    this.#progress = new Progress({ ...options, label, pace, waitingFor })
    this.#control =
      settings.control === undefined
        ? undefined
        : new ControlFile({
            file: settings.control,
            pace,
            // Nobody has asked anything of the tables while they stood still.
            beforeResuming: () => tableWatch.look(),
            onChange: () => this.tellPaces(),
            onRefused: (message) => hooks.onEvent({ type: 'control-refused', message }),
          })
  }

  async begin(): Promise<void> {
    this.#pace.begin()
    await this.#control?.begin()
    this.#outages.begin()
    this.#progress.begin()
    this.watchdog.begin()
    this.#tableWatch.begin()
  }

  end(): void {
    this.#outages.end()
    this.#progress.end()
    this.watchdog.end()
    this.#tableWatch.end()
    this.#control?.end()
    this.#pace.end()
  }

  /** Something was counted. */
  counted(): void {
    this.#progress.counted()
  }

  tellProgress(): void {
    this.#progress.tell()
  }

  tellPaces(): void {
    const { isPaused, paces } = this.#pace
    this.#hooks.onEvent({ type: 'pace', isPaused, paces })
  }
}

/** Notes how long a run did nothing but wait for keys to stand still, and for how many keys. */
import type { WaitedStandstill } from '../../model/results/summary.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { RecheckQueue } from '../state/recheck-queue.ts'

export interface StandstillWaitOptions {
  readonly rechecks: RecheckQueue
  /** Called when the run begins to wait for the first keys: nobody should wait to be told. */
  readonly onBegun: () => void
  readonly clock?: () => Milliseconds
}

export class StandstillWait {
  readonly #options: StandstillWaitOptions
  readonly #clock: () => Milliseconds
  /** By replica. A key that has to wait twice is one key. */
  readonly #keys = new Map<TableIndex, Set<string>>()
  #waitedMs = 0
  /** How many keys had been added when they were last looked through, and when the last one is due. */
  #added = -1
  #lastDue: Milliseconds = 0
  /**
   * Whether rechecks are all that the run has left to do for now. `phases/recheck.ts` keeps it: tasks
   * alone do not tell, since between two of them there may be none.
   */
  isAllThatIsLeft = false

  constructor(options: StandstillWaitOptions) {
    this.#options = options
    this.#clock = options.clock ?? (() => performance.now())
  }

  /** Waits for a pause in which nothing is under way, and counts it if keys are not due yet. */
  async during(pause: Promise<unknown>): Promise<void> {
    const isFirst = this.#keys.size === 0
    if (!this.#note()) {
      await pause
      return
    }
    if (isFirst) this.#options.onBegun()
    const began = this.#clock()
    await pause
    this.#waitedMs += this.#clock() - began
  }

  /** Undefined: the run never waited for keys alone. */
  get waited(): WaitedStandstill | undefined {
    if (this.#keys.size === 0) return undefined
    const keys = [...this.#keys.values()].reduce((sum, { size }) => sum + size, 0)
    return { keys, waitedMs: Math.ceil(this.#waitedMs) }
  }

  /** Whether any key is not due yet. Looks them through only if some were added. */
  #note(): boolean {
    const now = Date.now()
    const { rechecks } = this.#options
    if (rechecks.size === 0) return false
    if (rechecks.added === this.#added) return now < this.#lastDue
    this.#added = rechecks.added
    this.#lastDue = 0
    rechecks.eachNotDue(now, (replica, key, due) => {
      this.#lastDue = Math.max(this.#lastDue, due)
      const keys = this.#keys.get(replica)
      if (keys === undefined) this.#keys.set(replica, new Set([key]))
      else keys.add(key)
    })
    return this.#lastDue > 0
  }
}

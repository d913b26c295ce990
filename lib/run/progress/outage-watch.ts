/**
 * Watches tables that do not answer. If a thread suspects a table, the watch asks the table itself,
 * decides whether it is out of reach, and reports that until it is back. Meanwhile the threads wait
 * (`dynamo/request/outage-wait.ts`).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { whySilent } from '../../dynamo/describe/liveness-probe.ts'
import type { TablesyncError } from '../../errors.ts'
import { oversleptBy } from '../../model/request-timeouts.ts'
import type { CredentialKeeper } from '../../model/tables/aws-credentials.ts'
import { urlOf } from '../../model/tables/request-address.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Settings } from '../../options/settings.ts'
import type { TableAccess } from '../../protocol/setup.ts'
import { Outages } from '../../protocol/shared/outages.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import { Outage } from './outage.ts'

/** How often the watch looks whether a thread suspects a table. */
const LOOK_EVERY: Milliseconds = 25
/** Pause between two requests to a table that is down. */
const ASK_EVERY: Milliseconds = 1000

export interface OutageWatchOptions {
  readonly settings: Pick<Settings, 'timeouts'>
  readonly tables: {
    readonly access: readonly TableAccess[]
    readonly credentials: readonly CredentialKeeper[]
  }
  readonly listeners: Pick<RunListeners, 'onEvent'>
  /** The shared memory of `Outages`. */
  readonly outages: SharedArrayBuffer
  /** Called when a table that was out of reach answers again. */
  readonly onBack: (table: TableIndex) => void
}

export class OutageWatch {
  readonly #options: OutageWatchOptions
  readonly #outages: Outages
  readonly #asked = new Set<TableAccess>()
  readonly #under = new Set<Outage>()
  readonly #ending = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor(options: OutageWatchOptions) {
    this.#options = options
    this.#outages = new Outages(options.outages)
  }

  begin(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY)
  }

  end(): void {
    clearInterval(this.#timer)
    this.#ending.abort()
  }

  /** The endpoints that the run waits for, in words. */
  get waitingFor(): readonly string[] {
    return [...this.#under].map((outage) => outage.inWords)
  }

  #look(): void {
    for (const access of this.#options.tables.access) {
      if (!this.#outages.isSuspected(access.index) || this.#asked.has(access)) continue
      this.#asked.add(access)
      // This fails if a listener fails, which is reported elsewhere.
      this.#ask(access)
        .catch(() => this.#outages.answered(access.index))
        .finally(() => this.#asked.delete(access))
    }
  }

  /**
   * Asks until the table answers the watch or a thread, or until the wait has reached its limit.
   */
  async #ask(access: TableAccess): Promise<void> {
    const { index, label } = access
    const { timeouts } = this.#options.settings
    const endpoint = urlOf(access.address.request)
    const outage = new Outage({ table: label, endpoint, limit: timeouts.maxOutage })
    const reason = await this.#reason(access)
    if (reason === undefined || !this.#outages.begin(index)) return this.#outages.answered(index)
    this.#under.add(outage)
    this.#options.listeners.onEvent(outage.event(reason))
    try {
      await this.#await(access, outage, reason)
    } finally {
      this.#under.delete(outage)
    }
  }

  async #await(access: TableAccess, outage: Outage, first: TablesyncError): Promise<void> {
    const { onEvent } = this.#options.listeners
    let reason = first
    while (this.#outages.isDown(access.index)) {
      if (outage.left === 0) return this.#outages.giveUp(access.index)
      await this.#rest(outage)
      const now = await this.#reason(access)
      if (now === undefined) this.#outages.answered(access.index)
      else reason = now
      if (outage.isToTell) onEvent(outage.event(reason))
    }
    onEvent(outage.overEvent)
    this.#options.onBack(access.index)
  }

  async #rest(outage: Outage): Promise<void> {
    const time = Math.min(ASK_EVERY, outage.left)
    const due = performance.now() + time
    await sleep(time, undefined, { signal: this.#ending.signal })
    const late = performance.now() - due
    if (late > oversleptBy(outage.left)) outage.overslept(late)
  }

  #reason(access: TableAccess): Promise<TablesyncError | undefined> {
    const credentials = this.#options.tables.credentials[access.index] as CredentialKeeper
    const { timeouts } = this.#options.settings
    return whySilent(access, { credentials, timeouts, ending: this.#ending.signal })
  }
}

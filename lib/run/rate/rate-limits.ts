/**
 * Keeps every table at its pace: fills the token buckets that the threads draw on, and changes the
 * pace during the run.
 */
import { CAPACITY_KINDS, type CapacityChoices, type Pace } from '../../model/tables/capacity.ts'
import { isHere } from '../../model/tables/endpoint-kind.ts'
import { type InspectedTable, MASTER } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Settings } from '../../options/settings.ts'
import type { WorkerSetup } from '../../protocol/setup.ts'
import { TokenBuckets } from '../../protocol/shared/token-buckets.ts'
import { Traffic } from '../../protocol/shared/traffic.ts'
import type { LimitsOfRun } from '../safeguards/shared-limits.ts'
import type { Tables } from '../tables/table-inspection.ts'
import type { Shared } from './capacity-shares.ts'
import { ADAPT_EVERY, TokenRefill } from './token-refill.ts'

const FILL_EVERY: Milliseconds = 25

/** The shared memory of `TokenBuckets` and of `Traffic`. */
export type RateMemory = Pick<WorkerSetup, 'tokenBuckets' | 'traffic'>

export const rateMemoryFor = (tables: number): RateMemory => ({
  tokenBuckets: TokenBuckets.memoryFor(tables),
  traffic: Traffic.memoryFor(tables),
})

interface RunToLimit {
  readonly settings: Settings
  readonly tables: Tables
  readonly sharedLimits?: LimitsOfRun | undefined
}

export class RateLimits {
  readonly #tokenBuckets: TokenBuckets
  readonly #refills: readonly TokenRefill[]
  readonly #shared: Shared[] = []
  readonly #enter: (refill: TokenRefill) => Shared | undefined
  readonly #asked: readonly CapacityChoices[]
  readonly #isOver: () => boolean
  #timer: NodeJS.Timeout | undefined
  #last: Milliseconds

  /** @throws TablesyncError with code `USAGE` if a pace is a percentage of an unknown capacity */
  constructor(
    { settings, tables, sharedLimits }: RunToLimit,
    memory: RateMemory,
    isOver: () => boolean,
  ) {
    this.#isOver = isOver
    this.#enter = ({ table, kind }) =>
      sharedLimits?.share(tables.inspected[table] as InspectedTable, kind)
    const tokenBuckets = new TokenBuckets(memory.tokenBuckets)
    const traffic = new Traffic(memory.traffic)
    this.#tokenBuckets = tokenBuckets
    this.#last = performance.now()
    this.#asked = [settings.master, ...settings.replicas].map(({ capacity }) => capacity)
    this.#refills = tables.inspected.flatMap(({ ref, facts }, table) =>
      CAPACITY_KINDS.filter((kind) => kind === 'read' || table !== MASTER).map((kind) => {
        const isLocal = isHere(ref.endpoint)
        const known = facts.capacity?.[kind]
        const place = { tokenBuckets, traffic, table, label: ref.label, kind, isLocal, known }
        return new TokenRefill(place, this.#last)
      }),
    )
    this.change({})
  }

  begin(): void {
    for (const refill of this.#refills) {
      const shared = this.#enter(refill)
      if (shared === undefined) continue
      this.#shared.push(shared)
      refill.shareBy(shared.share)
    }
    this.#timer = setInterval(() => this.#fill(), FILL_EVERY)
  }

  /** Lifts all limits, and ends a pause. */
  end(): void {
    clearInterval(this.#timer)
    this.pause(false)
    for (const refill of this.#refills) refill.lift()
    for (const shared of this.#shared) shared.leave()
  }

  pause(isPaused: boolean): void {
    this.#tokenBuckets.pause(isPaused)
  }

  get isPaused(): boolean {
    return this.#tokenBuckets.isPaused
  }

  /**
   * Changes the limits. A kind that is absent gets back the limit that was asked for at the start.
   *
   * @throws TablesyncError with code `USAGE`; nothing is changed then
   */
  change(wanted: Partial<CapacityChoices>): void {
    const chosen = this.#refills.map((refill) => {
      const choice =
        wanted[refill.kind] ?? (this.#asked[refill.table] as CapacityChoices)[refill.kind]
      return { refill, choice, held: refill.resolve(choice) }
    })
    for (const { refill, choice, held } of chosen) refill.hold(choice, held)
  }

  get paces(): readonly Pace[] {
    return this.#refills.map(({ pace }) => pace)
  }

  get flows() {
    return this.#refills.map(({ flow }) => flow)
  }

  #fill(): void {
    // Work in flight ends as far as there is capacity for it; nothing waits for more.
    if (this.#isOver()) {
      this.#tokenBuckets.beginEnding()
      return
    }
    const now = performance.now()
    // Without a limit, there is nothing to fill: only what was used is looked at now and then.
    const isAnyLimited = this.#refills.some(({ isLimited }) => isLimited)
    if (!isAnyLimited && now - this.#last < ADAPT_EVERY) return
    for (const refill of this.#refills) refill.fill(now, now - this.#last)
    this.#last = now
  }
}

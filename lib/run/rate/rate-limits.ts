/**
 * Holds every table to its pace: fills what the threads draw on, and changes
 * the pace while the run goes on.
 */
import { CAPACITY_KINDS, type CapacityChoices, type Pace } from '../../model/tables/capacity.ts'
import { isHere } from '../../model/tables/endpoint-kind.ts'
import { MASTER } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Settings } from '../../options/settings.ts'
import { TokenBuckets } from '../../protocol/shared/token-buckets.ts'
import type { Tables } from '../preflight/table-inspection.ts'
import { TokenRefill } from './token-refill.ts'

const FILL_EVERY: Milliseconds = 25

export class RateLimits {
  readonly #tokenBuckets: TokenBuckets
  readonly #gauges: readonly TokenRefill[]
  readonly #asked: readonly CapacityChoices[]
  readonly #isOver: () => boolean
  #timer: NodeJS.Timeout | undefined
  #last: Milliseconds

  /** @throws TablesyncError with code `USAGE` where a pace is asked for that cannot be known */
  constructor(
    settings: Settings,
    tables: Tables,
    memory: SharedArrayBuffer,
    isOver: () => boolean,
  ) {
    this.#isOver = isOver
    const tokenBuckets = new TokenBuckets(memory)
    this.#tokenBuckets = tokenBuckets
    this.#last = performance.now()
    this.#asked = [settings.master, ...settings.replicas].map(({ capacity }) => capacity)
    this.#gauges = tables.inspected.flatMap(({ ref, facts }, table) =>
      CAPACITY_KINDS.filter((kind) => kind === 'read' || table !== MASTER).map((kind) => {
        const isLocal = isHere(ref.endpoint)
        const known = facts.capacity?.[kind]
        const place = { tokenBuckets, table, label: ref.label, kind, isLocal, known }
        return new TokenRefill(place, this.#last)
      }),
    )
    this.change({})
  }

  begin(): void {
    this.#timer = setInterval(() => this.#fill(), FILL_EVERY)
  }

  /** Nothing is held to any more, nor paused. */
  end(): void {
    clearInterval(this.#timer)
    this.pause(false)
    for (const gauge of this.#gauges) gauge.lift()
  }

  pause(isPaused: boolean): void {
    this.#tokenBuckets.pause(isPaused)
  }

  get isPaused(): boolean {
    return this.#tokenBuckets.isPaused
  }

  /**
   * What is not said is as it was asked for in the beginning.
   *
   * @throws TablesyncError with code `USAGE`; nothing is changed then
   */
  change(wanted: Partial<CapacityChoices>): void {
    const chosen = this.#gauges.map((gauge) => {
      const choice = wanted[gauge.kind] ?? (this.#asked[gauge.table] as CapacityChoices)[gauge.kind]
      return { gauge, choice, held: gauge.resolve(choice) }
    })
    for (const { gauge, choice, held } of chosen) gauge.hold(choice, held)
  }

  get paces(): readonly Pace[] {
    return this.#gauges.map(({ pace }) => pace)
  }

  get flows() {
    return this.#gauges.map(({ flow }) => flow)
  }

  #fill(): void {
    // What is in hand comes to its end as far as there is capacity for it, and nothing waits for more.
    if (this.#isOver()) {
      this.#tokenBuckets.beginEnding()
      return
    }
    const now = performance.now()
    for (const gauge of this.#gauges) gauge.fill(now, now - this.#last)
    this.#last = now
  }
}

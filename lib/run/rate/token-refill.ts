/** Refills the token bucket of one kind of capacity of one table. */
import type {
  CapacityChoice,
  CapacityKind,
  KnownCapacity,
  Pace,
  PaceOrigin,
} from '../../model/tables/capacity.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { TokenBuckets } from '../../protocol/shared/token-buckets.ts'
import type { Traffic } from '../../protocol/shared/traffic.ts'
import { AdaptiveLimit } from './adaptive-limit.ts'
import type { Share } from './capacity-shares.ts'
import { MeanRate } from './mean-rate.ts'
import { type HeldTo, resolveLimit } from './resolved-limit.ts'

export interface GaugeOptions {
  readonly tokenBuckets: TokenBuckets
  readonly traffic: Traffic
  readonly table: TableIndex
  readonly label: string
  readonly kind: CapacityKind
  readonly isLocal: boolean
  readonly known: KnownCapacity | undefined
}

/** Unused units are kept for this long, so that a busy moment does not lose them. */
const KEPT: Milliseconds = 1000
/** Units of an adaptive limit are kept less long: the limit was found by trying. */
const KEPT_ADAPTIVE: Milliseconds = 250

/** How often an adaptive limit is adjusted. */
export const ADAPT_EVERY: Milliseconds = 250

export class TokenRefill {
  readonly #options: GaugeOptions
  #unitsPerSecond: number | null = null
  #because = ''
  #origin: PaceOrigin = 'asked'
  #adaptive: AdaptiveLimit | undefined
  #lastLook: { readonly at: Milliseconds; readonly used: number; readonly throttled: number }
  readonly #units: MeanRate
  readonly #answers: MeanRate
  readonly #received: MeanRate
  readonly #took: MeanRate
  #throttledNow = 0
  #wasUsedUp = false
  #isShared = false
  /** What of its limit the table may use now. */
  #shareNow: Share = () => 1

  constructor(options: GaugeOptions, now: Milliseconds) {
    this.#options = options
    this.#lastLook = { at: now, used: 0, throttled: 0 }
    this.#units = new MeanRate(now)
    this.#answers = new MeanRate(now)
    this.#received = new MeanRate(now)
    this.#took = new MeanRate(now)
  }

  get table(): TableIndex {
    return this.#options.table
  }

  get kind(): CapacityKind {
    return this.#options.kind
  }

  /** @throws TablesyncError with code `USAGE` for a percentage of an unknown capacity */
  resolve(choice: CapacityChoice): HeldTo {
    return resolveLimit(choice, this.#options)
  }

  hold(choice: CapacityChoice, { unitsPerSecond, origin, because }: HeldTo): void {
    this.#origin = origin
    this.#isShared = choice.kind === 'units'
    this.#because = because
    if (choice.kind !== 'adaptive') this.#adaptive = undefined
    else this.#adaptive ??= new AdaptiveLimit()
    this.#unitsPerSecond = this.#adaptive?.unitsPerSecond ?? unitsPerSecond
    if (this.#unitsPerSecond === null) this.lift()
  }

  get isLimited(): boolean {
    return this.#unitsPerSecond !== null
  }

  /** The limit is one of several tables. */
  shareBy(share: Share): void {
    this.#shareNow = share
  }

  /** Removes the limit: all requests go out at once. */
  lift(): void {
    const { tokenBuckets, table, kind } = this.#options
    this.#unitsPerSecond = null
    tokenBuckets.lift(table, kind)
  }

  fill(now: Milliseconds, elapsed: Milliseconds): void {
    const { tokenBuckets, table, kind } = this.#options
    this.#wasUsedUp ||= tokenBuckets.observe(table, kind).isUsedUp
    if (now - this.#lastLook.at >= ADAPT_EVERY) this.#look(now)
    if (this.#unitsPerSecond === null) return
    const kept = this.#adaptive === undefined ? KEPT : KEPT_ADAPTIVE
    const rate = this.#unitsPerSecond * this.#share
    tokenBuckets.fill(table, kind, {
      rate,
      milliseconds: elapsed,
      most: Math.max((rate * kept) / 1000, 1),
    })
  }

  #look(now: Milliseconds): void {
    const { tokenBuckets, traffic, table, kind } = this.#options
    const { used, throttled } = tokenBuckets.observe(table, kind)
    const { answers, received, took } = traffic.observe(table, kind)
    const seen = {
      milliseconds: now - this.#lastLook.at,
      used: used - this.#lastLook.used,
      throttled: throttled - this.#lastLook.throttled,
      isUsedUp: this.#wasUsedUp,
    }
    this.#wasUsedUp = false
    this.#lastLook = { at: now, used, throttled }
    this.#units.look(now, used)
    this.#answers.look(now, answers)
    this.#received.look(now, received)
    this.#took.look(now, took)
    this.#throttledNow = seen.throttled
    if (this.#adaptive === undefined) return
    this.#adaptive.observe(seen)
    this.#unitsPerSecond = this.#adaptive.unitsPerSecond
  }

  /** Only of what was asked for in units: a percentage is of the table alone. */
  get #share(): number {
    return this.#isShared ? this.#shareNow() : 1
  }

  get pace(): Pace {
    return {
      table: this.#options.label,
      kind: this.#options.kind,
      unitsPerSecond: this.#unitsPerSecond === null ? null : this.#unitsPerSecond * this.#share,
      isAdaptive: this.#adaptive !== undefined,
      origin: this.#origin,
      because: this.#because,
    }
  }

  /** The pace, with what the table uses, answers and throttles now. */
  get flow() {
    const { tokenBuckets, table, kind } = this.#options
    return {
      ...this.pace,
      usedPerSecond: this.#units.perSecond,
      bytesPerSecond: this.#received.perSecond,
      answerMs:
        this.#answers.perSecond === 0 ? null : this.#took.perSecond / this.#answers.perSecond,
      isThrottled: this.#throttledNow > 0,
      isUsedUp: tokenBuckets.observe(table, kind).isUsedUp,
    }
  }
}

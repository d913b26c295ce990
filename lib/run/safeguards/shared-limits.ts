/** Limits that several runs keep together, and what they have spent of them. */
import { count } from '../../model/figures.ts'
import type { Stop } from '../../model/safeguard.ts'
import type { ReadUnits } from '../../model/units.ts'
import { Allowance } from '../../protocol/shared/write-allowance.ts'
import type { CapacityShares } from '../rate/capacity-shares.ts'

export interface TotalLimits {
  readonly maxWrites?: number | undefined
  readonly maxDeletes?: number | undefined
  readonly maxReadUnits?: number | undefined
}

/** What one of the runs has spent before, or without, counting it one by one. */
export interface SpentByRun {
  readonly writes: number
  readonly deletes: number
  readonly readUnits: ReadUnits
}

export class SharedLimits {
  /** Undefined: any number of writes may be made. */
  readonly allowance: SharedArrayBuffer | undefined
  readonly shares: CapacityShares
  readonly #limits: TotalLimits
  #deletes = 0
  /** By run. */
  readonly #readUnits = new Map<object, ReadUnits>()

  constructor(limits: TotalLimits, shares: CapacityShares) {
    const { maxWrites } = limits
    this.allowance = maxWrites === undefined ? undefined : Allowance.memoryFor(maxWrites)
    this.shares = shares
    this.#limits = limits
  }

  /** Enters what a run had spent before it was taken up. */
  enter(run: object, { writes, deletes, readUnits }: SpentByRun): void {
    if (this.allowance !== undefined) Allowance.restore(this.allowance, writes)
    this.#deletes += deletes
    this.#readUnits.set(run, readUnits)
  }

  /** Undefined: it was not this limit that refused a write. */
  writesStop(): Stop | undefined {
    const { maxWrites } = this.#limits
    if (this.allowance === undefined || new Allowance(this.allowance).left > 0n) return undefined
    return stopOf('maxWrites', 'max-writes', `more than ${count(maxWrites ?? 0)} items`)
  }

  /** Takes deletions from the limit; yields why they may not be made. */
  reserveDeletes(deletes: number): Stop | undefined {
    const { maxDeletes } = this.#limits
    if (maxDeletes === undefined || this.#deletes + deletes <= maxDeletes) {
      this.#deletes += deletes
      return undefined
    }
    const what = `${count(this.#deletes + deletes)} deletions, of at most ${count(maxDeletes)},`
    return stopOf('maxDeletes', 'max-deletes', what)
  }

  /** Notes how much a run has read so far; yields why no more may be read. */
  noteReadUnits(run: object, readUnits: ReadUnits): Stop | undefined {
    this.#readUnits.set(run, readUnits)
    const { maxReadUnits } = this.#limits
    if (maxReadUnits === undefined) return undefined
    const total = [...this.#readUnits.values()].reduce((sum, units) => sum + units, 0)
    if (total <= maxReadUnits) return undefined
    return stopOf('maxReadUnits', 'max-read-units', `more than ${count(maxReadUnits)} read units`)
  }
}

const stopOf = (field: string, safeguard: Stop['safeguard'], what: string): Stop => ({
  safeguard,
  message: `all pairs together have come to ${what}`,
  hint: `To allow more: raise ${field} in limits`,
  isOfAll: true,
})

/** Limits that several runs keep together, and what they have spent of them. */
import { count } from '../../model/figures.ts'
import type { Stop } from '../../model/safeguard.ts'
import type { CapacityKind } from '../../model/tables/capacity.ts'
import type { InspectedTable, TableIndex } from '../../model/tables/table.ts'
import type { ReadUnits } from '../../model/units.ts'
import { Allowance } from '../../protocol/shared/write-allowance.ts'
import type { CapacityShares, Shared } from '../rate/capacity-shares.ts'

export interface TotalLimits {
  readonly maxWrites?: number | undefined
  readonly maxDeletes?: number | undefined
  readonly maxReadUnits?: number | undefined
}

/** What a run had spent before it was taken up. */
export interface SpentByRun {
  /** Writes that the allowance has granted. */
  readonly claimed: number
  /** By the place of the replica. */
  readonly deletes: readonly number[]
  readonly readUnits: ReadUnits
}

export class SharedLimits {
  readonly #limits: TotalLimits
  readonly #shares: CapacityShares
  readonly #allowance: SharedArrayBuffer | undefined
  /** By run and replica. */
  readonly #deletes = new Map<string, number>()
  /** By run. */
  readonly #readUnits = new Map<string, ReadUnits>()

  constructor(limits: TotalLimits, shares: CapacityShares) {
    const { maxWrites } = limits
    this.#limits = limits
    this.#shares = shares
    this.#allowance = maxWrites === undefined ? undefined : Allowance.memoryFor(maxWrites)
  }

  /** Enters what a run has spent: for all runs, before the first of them begins. */
  enter(run: string, { claimed, deletes, readUnits }: SpentByRun): void {
    if (this.#allowance !== undefined) Allowance.restore(this.#allowance, claimed)
    for (const [at, number] of deletes.entries()) this.#deletes.set(keyOf(run, at + 1), number)
    this.#readUnits.set(run, readUnits)
  }

  /** @param isShared whether a kind of capacity has no limit of the run's own */
  of(run: string, isShared: (kind: CapacityKind) => boolean): LimitsOfRun {
    const { maxWrites = 0, maxDeletes, maxReadUnits } = this.#limits
    return {
      allowance: this.#allowance,
      share: (table, kind) => (isShared(kind) ? this.#shares.enter(table, kind) : undefined),
      writesStop: () => stopOf('maxWrites', 'max-writes', `more than ${count(maxWrites)} items`),
      isSpent: () => this.#allowance !== undefined && new Allowance(this.#allowance).left <= 0n,
      reserveDeletes: (replica, deletes) => {
        const before = this.#deletes.get(keyOf(run, replica)) ?? 0
        const total = sum(this.#deletes) - before + deletes
        if (maxDeletes === undefined || deletes <= before || total <= maxDeletes) {
          this.#deletes.set(keyOf(run, replica), Math.max(before, deletes))
          return undefined
        }
        const what = `${count(total)} deletions, of at most ${count(maxDeletes)},`
        return stopOf('maxDeletes', 'max-deletes', what)
      },
      settleDeletes: (replica, deleted) => this.#deletes.set(keyOf(run, replica), deleted),
      noteReadUnits: (readUnits) => {
        this.#readUnits.set(run, readUnits)
        if (maxReadUnits === undefined || sum(this.#readUnits) <= maxReadUnits) return undefined
        const what = `more than ${count(maxReadUnits)} read units`
        return stopOf('maxReadUnits', 'max-read-units', what)
      },
    }
  }
}

/** The same limits, as one of the runs meets them. */
export interface LimitsOfRun {
  /** Undefined: any number of writes may be made. */
  readonly allowance: SharedArrayBuffer | undefined
  /** Undefined: the table has a limit of its own. */
  share(table: Pick<InspectedTable, 'ref' | 'facts'>, kind: CapacityKind): Shared | undefined
  writesStop(): Stop
  /** Whether no write is left. */
  isSpent(): boolean
  /** Takes deletions from the limit, all of a replica; yields why they may not be made. */
  reserveDeletes(replica: TableIndex, deletes: number): Stop | undefined
  /** Gives back what was reserved for deletions that were not made. */
  settleDeletes(replica: TableIndex, deleted: number): void
  /** Notes how much the run has read so far; yields why no more may be read. */
  noteReadUnits(readUnits: ReadUnits): Stop | undefined
}

const keyOf = (run: string, replica: TableIndex) => `${replica} ${run}`

const sum = (numbers: ReadonlyMap<string, number>) =>
  [...numbers.values()].reduce((total, number) => total + number, 0)

const stopOf = (field: string, safeguard: Stop['safeguard'], what: string): Stop => ({
  safeguard,
  message: `all pairs together have come to ${what}`,
  hint: `To allow more: raise ${field} in limits`,
  isOfAll: true,
})

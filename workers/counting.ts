/** The one place that counts: what was read and written of a table, and the outcome of each key. */
import { writeUnitsOf } from '../lib/item/write-units.ts'
import type { Difference, DifferenceKind } from '../lib/model/difference.ts'
import type { MasterTally, ReplicaTally, State } from '../lib/model/tally.ts'
import type { ReadUnits, WriteUnits } from '../lib/model/units.ts'
import type { RepairEnding } from './verify/ending.ts'

/** Shared by the replicas of a segment. */
export class MasterCounter {
  readonly #tally: MasterTally

  constructor(tally: MasterTally) {
    this.#tally = tally
  }

  scanned(items: number): void {
    this.#tally.scanned += items
  }

  read(units: ReadUnits): void {
    this.#tally.readUnits += units
  }
}

/** The counts of one replica in one task. */
export class ReplicaCounter {
  readonly #tally: ReplicaTally
  /** How many differing items differ in each attribute. */
  readonly changed = new Map<string, number>()

  constructor(tally: ReplicaTally) {
    this.#tally = tally
  }

  get soFar(): Readonly<ReplicaTally> {
    return this.#tally
  }

  /** Items of the master, or keys of a plan or a journal, that the replica is compared with. */
  offered(items: number): void {
    this.#tally.offered += items
  }

  scanned(items: number): void {
    this.#tally.scanned += items
  }

  read(units: ReadUnits): void {
    this.#tally.readUnits += units
  }

  wrote(units: WriteUnits): void {
    this.#tally.writeUnits += units
  }

  /** Pairs of items with the same key. */
  matched(pairs = 1): void {
    this.#tally.matched += pairs
  }

  /** Adds keys to a state. A negative number takes out keys that have left it. */
  state(state: State, keys = 1): void {
    this.#tally[state] += keys
  }

  /** Differences that were counted from the scan and not read again. */
  unconfirmed(kind: DifferenceKind, keys = 1): void {
    this.#tally[kind] += keys
    this.#tally.unconfirmed += keys
  }

  /** The outcome of the repair of a counted difference. */
  ended(kind: DifferenceKind, ending: RepairEnding): void {
    this.#tally[COUNTED_AS[ending.action]]++
    // These have their own states: the key is not the difference that was counted.
    if (ending.action === 'changed' || ending.action === 'unverified') this.#tally[kind]--
  }

  /** A write whose condition could not compare all of the item. */
  partial(): void {
    this.#tally.partial++
  }

  /** Puts that landed. */
  written(keys: number): void {
    this.#tally.written += keys
  }

  /** A difference that a hook did not let be repaired. */
  skipped(kind: DifferenceKind): void {
    this.#tally[kind]++
    this.#tally.skipped++
  }

  /** Trouble with a key that is no difference, or that is counted as written. */
  troubled(trouble: 'failed' | 'conflicts'): void {
    this.#tally[trouble]++
  }

  claimed(writes: 1 | -1): void {
    this.#tally.claimed += writes
  }

  /** A written key was read back, at once and after the mismatch age, and held. */
  held(): void {
    this.#tally.readBack++
  }

  mended(): void {
    this.#tally.mended++
  }

  /** What the repair of a difference takes, and which attributes it concerns. */
  detailed(kind: DifferenceKind, { sizes, attributes }: Details): void {
    for (const name of attributes ?? []) {
      this.changed.set(name, (this.changed.get(name) ?? 0) + 1)
    }
    const units = writeUnitsOf({ kind, sizes })
    if (units === undefined) return
    const [sized, unitsOf, bytesOf] = BILLED[kind]
    this.#tally[sized]++
    this.#tally[unitsOf] += units
    if (bytesOf !== undefined) this.#tally[bytesOf] += sizes?.master ?? 0
  }
}

type Details = Pick<Difference, 'sizes' | 'attributes'>

/** Where the repair of each kind is added up. */
const BILLED = {
  missing: ['sizedMissing', 'putUnits', 'putBytes'],
  differing: ['sizedDiffering', 'updateUnits', 'updateBytes'],
  extra: ['sizedExtra', 'deleteUnits', undefined],
} as const

/** The count that each ending adds to. */
const COUNTED_AS = {
  written: 'written',
  deleted: 'deleted',
  resolved: 'resolved',
  conflict: 'conflicts',
  changed: 'changed',
  failed: 'failed',
  unverified: 'unverified',
  torn: 'torn',
} as const

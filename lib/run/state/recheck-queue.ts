/** Keys that wait for another look, ordered by when they are due. */
import type { DifferenceKind } from '../../model/difference.ts'
import type { PendingRecheck } from '../../model/pending-recheck.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'

/** Each look that finds a change makes the delay to the next one this many times longer. */
const GROWTH = 1.25

/** A random share of up to this much is added, so that keys do not all come due at once. */
const JITTER = 0.2

/**
 * Few keys that are due wait for others for this share of the delay: a task for each of them would
 * take more than the look.
 */
const SLACK = 0.1

/** So many keys that are due wait for no others. */
const ENOUGH = 100

/** More tables than a run can have. */
const MOST_TABLES = 1 << 16

interface Waiting {
  readonly pending: PendingRecheck
  readonly due: Milliseconds
}

/**
 * Keys of one replica that have moved equally often, so that the first is due first, or nearly so.
 * Suspects and keys that were written have separate buckets.
 */
interface DueBucket {
  readonly replica: TableIndex
  readonly isWritten: boolean
  readonly isLoose: boolean
  waiting: Waiting[]
}

export interface RecheckBatch {
  readonly replica: TableIndex
  readonly keys: readonly PendingRecheck[]
  /** Of this run alone: a run that resumes it will find these keys again. */
  readonly isLoose: boolean
}

/** How many suspects of a replica may be taken out at a time. */
export type SuspectLimit = (replica: TableIndex) => number

export class RecheckQueue {
  /** How long both sides must have stood still. */
  readonly minAge: Milliseconds
  readonly #buckets = new Map<number, DueBucket>()
  /** By arrival: how many keys of each replica are not decided. */
  readonly #undecided = new Map<number, Map<TableIndex, number>>()
  /** Replicas that were lost: nothing waits for their keys any more. */
  readonly #left = new Set<TableIndex>()
  /** By replica: written keys that wait or are being looked at. */
  readonly #openWrites = new Map<TableIndex, number>()
  /** By replica and kind: suspects that wait or are being looked at. */
  readonly #suspects = new Map<TableIndex, Record<DifferenceKind, number>>()
  /** Batches that were taken out and are not decided yet. */
  readonly #underWay = new Set<RecheckBatch>()
  /** Batches that nobody looks at any more in this run. */
  readonly #givenUp: RecheckBatch[] = []
  /** The arrival number of keys that are added now. */
  #arrival = 0
  #size = 0
  #added = 0

  constructor(minAge: Milliseconds) {
    this.minAge = minAge
  }

  /** How many keys wait. */
  get size(): number {
    return this.#size
  }

  /** How many keys were ever added. */
  get added(): number {
    return this.#added
  }

  /** Passes on each key that has not stood still for long enough to be looked at again. */
  eachNotDue(
    now: Milliseconds,
    hear: (replica: TableIndex, key: string, due: Milliseconds) => void,
  ): void {
    for (const { replica, waiting } of this.#buckets.values()) {
      if (this.#left.has(replica)) continue
      for (const { pending, due } of waiting) if (due > now) hear(replica, pending.key, due)
    }
  }

  /** Marks this moment; `isDecided` then says whether all keys from before it are decided. */
  mark(): number {
    return ++this.#arrival
  }

  /** Whether all keys that were added before a mark are decided. */
  isDecided(mark: number): boolean {
    for (const arrival of this.#undecided.keys()) if (arrival < mark) return false
    return true
  }

  /** Adds a key, and takes it over. */
  add(replica: TableIndex, pending: PendingRecheck, { isLoose } = { isLoose: false }): void {
    const { moves, since, wrote, arrival = this.#arrival } = pending
    // Changed in place: nobody else holds it, and copies would be most of the cost here.
    if (pending.arrival === undefined) Object.assign(pending, { arrival })
    if (!this.#left.has(replica)) this.#count(replica, arrival, 1)
    const delay = this.minAge * GROWTH ** moves * (1 + JITTER * Math.random())
    const isWritten = wrote !== undefined
    if (isWritten) this.#openWrites.set(replica, this.openWrites(replica) + 1)
    else this.suspects(replica)[pending.looks]++
    const bucket = this.#bucket(replica, moves, isWritten, isLoose)
    bucket.waiting.push({ pending, due: since + delay })
    this.#size++
    this.#added++
  }

  #bucket(
    replica: TableIndex,
    moves: number,
    ...[isWritten, isLoose]: [boolean, boolean]
  ): DueBucket {
    const number = (moves * MOST_TABLES + replica) * 4 + (isWritten ? 2 : 0) + (isLoose ? 1 : 0)
    const known = this.#buckets.get(number)
    if (known !== undefined) return known
    const bucket: DueBucket = { replica, isWritten, isLoose, waiting: [] }
    this.#buckets.set(number, bucket)
    return bucket
  }

  /** Changes the number of undecided keys of an arrival. */
  #count(replica: TableIndex, arrival: number, more: number): void {
    const open = this.#undecided.get(arrival) ?? new Map<TableIndex, number>()
    const left = (open.get(replica) ?? 0) + more
    if (left > 0) open.set(replica, left)
    else open.delete(replica)
    if (open.size > 0) this.#undecided.set(arrival, open)
    else this.#undecided.delete(arrival)
  }

  /** The replica is lost: its undecided keys will never be decided. */
  leave(replica: TableIndex): void {
    this.#left.add(replica)
    for (const arrival of [...this.#undecided.keys()]) this.#count(replica, arrival, -Infinity)
  }

  /** Written keys of a replica that wait for another look, or are being looked at. */
  openWrites(replica: TableIndex): number {
    return this.#openWrites.get(replica) ?? 0
  }

  /** Suspects of a replica that wait for another look, or are being looked at, by kind. */
  suspects(replica: TableIndex): Record<DifferenceKind, number> {
    const known = this.#suspects.get(replica)
    if (known !== undefined) return known
    const none = { missing: 0, differing: 0, extra: 0 }
    this.#suspects.set(replica, none)
    return none
  }

  /** Takes out keys of one replica that are due; undefined if none are, or too few for now. */
  take(now: Milliseconds, most: number, suspectLimit: SuspectLimit): RecheckBatch | undefined {
    for (const { replica, isWritten, isLoose, waiting } of this.#buckets.values()) {
      const limit = isWritten ? most : Math.min(most, suspectLimit(replica))
      // Nobody waits for the keys of a lost replica: they are given up at once.
      const isDue = (one: Waiting) => one.due <= now || this.#left.has(replica)
      const notDue = waiting.slice(0, limit).findIndex((one) => !isDue(one))
      const count = notDue < 0 ? Math.min(limit, waiting.length) : notDue
      if (count === 0) continue
      const waits = now - (waiting[0] as Waiting).due
      const mayWait = count < Math.min(limit, ENOUGH) && !this.#left.has(replica)
      if (mayWait && waits < this.minAge * SLACK) continue
      this.#size -= count
      const keys = waiting.splice(0, count).map(({ pending }) => pending)
      const batch = { replica, keys, isLoose }
      this.#underWay.add(batch)
      return batch
    }
    return undefined
  }

  /** The batch was looked at; those of its keys that must wait again were added before this. */
  decided(batch: RecheckBatch): void {
    this.#end(batch)
    if (this.#left.has(batch.replica)) return
    for (const { arrival = 0 } of batch.keys) this.#count(batch.replica, arrival, -1)
  }

  /** The batch is left open: nobody will look at it in this run. */
  giveUp(batch: RecheckBatch): void {
    this.#end(batch)
    this.#givenUp.push(batch)
  }

  #end(batch: RecheckBatch): void {
    this.#underWay.delete(batch)
    this.#uncount(batch)
  }

  #uncount({ replica, keys }: RecheckBatch): void {
    for (const { wrote, looks } of keys) {
      if (wrote === undefined) this.suspects(replica)[looks]--
      else this.#openWrites.set(replica, this.openWrites(replica) - 1)
    }
  }

  /** Every undecided key of a replica, for a run that resumes this one. */
  open(replica: TableIndex): PendingRecheck[] {
    const taken = [...this.#underWay, ...this.#givenUp]
    return [...taken, ...this.#waitingBatches()]
      .filter((batch) => batch.replica === replica && !batch.isLoose)
      .flatMap(({ keys }) => keys)
  }

  /** Takes out everything: the run ends before it can look at these keys. */
  takeAll(): RecheckBatch[] {
    const all = this.#waitingBatches()
    for (const batch of all) this.#uncount(batch)
    this.#buckets.clear()
    this.#size = 0
    return all
  }

  #waitingBatches(): RecheckBatch[] {
    return [...this.#buckets.values()].map(({ replica, isLoose, waiting }) => ({
      replica,
      isLoose,
      keys: waiting.map(({ pending }) => pending),
    }))
  }
}

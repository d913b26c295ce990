/** Keys that wait for another look, by the time they are due. */
import type { PendingRecheck } from '../../model/pending-recheck.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'

/** Each look at which something had moved makes the next one so many times later. */
const GROWTH = 1.25

/** And up to this share later by lot, so that keys do not come due all at once. */
const JITTER = 0.2

/** More tables than a run can have. */
const MOST_TABLES = 1 << 16

interface Waiting {
  readonly sighting: PendingRecheck
  readonly due: Milliseconds
}

/**
 * Keys of one replica that have moved equally often: what comes first is due
 * first, or nearly so. Suspects and keys that were written have lanes apart.
 */
interface DueBucket {
  readonly replica: TableIndex
  readonly isWritten: boolean
  readonly isLoose: boolean
  waiting: Waiting[]
}

export interface RecheckBatch {
  readonly replica: TableIndex
  readonly sightings: readonly PendingRecheck[]
  /** Of this run alone: one that takes it up again will come upon them anew. */
  readonly isLoose: boolean
}

/** How many suspects of a replica may be taken out at a time. */
export type SuspectLimit = (replica: TableIndex) => number

export class RecheckQueue {
  readonly #minAge: Milliseconds
  readonly #lanes = new Map<number, DueBucket>()
  /** By arrival: how many sightings of each replica go back to it and are not decided. */
  readonly #undecided = new Map<number, Map<TableIndex, number>>()
  /** Replicas that hold nobody back any more. */
  readonly #left = new Set<TableIndex>()
  /** By replica: written keys that wait or are being looked at. */
  readonly #openWrites = new Map<TableIndex, number>()
  /** Taken out, and not decided yet. */
  readonly #underWay = new Set<RecheckBatch>()
  /** Not looked at any more in this run. */
  readonly #givenUp: RecheckBatch[] = []
  /** What comes now. */
  #arrival = 0
  #size = 0

  constructor(minAge: Milliseconds) {
    this.#minAge = minAge
  }

  /** Sightings that wait. */
  get size(): number {
    return this.#size
  }

  /** Sightings that have not stood still for long enough to be looked at again. */
  notDue(now: Milliseconds): number {
    const lanes = [...this.#lanes.values()]
    return lanes.reduce(
      (sum, { waiting }) => sum + waiting.filter(({ due }) => due > now).length,
      0,
    )
  }

  /** Marks the moment; `isDecided` says whether all that came before is. */
  mark(): number {
    return ++this.#arrival
  }

  /** Whether all is decided that had come to wait before the moment of a mark. */
  isDecided(mark: number): boolean {
    for (const arrival of this.#undecided.keys()) if (arrival < mark) return false
    return true
  }

  /** Takes a sighting over. */
  add(replica: TableIndex, sighting: PendingRecheck, { isLoose } = { isLoose: false }): void {
    const { moves, since, wrote, arrival = this.#arrival } = sighting
    // Noted in place: it is nobody else's, and a copy of each would be most of what this costs.
    if (sighting.arrival === undefined) Object.assign(sighting, { arrival })
    if (!this.#left.has(replica)) this.#count(replica, arrival, 1)
    const delay = this.#minAge * GROWTH ** moves * (1 + JITTER * Math.random())
    const isWritten = wrote !== undefined
    if (isWritten) this.#openWrites.set(replica, this.openWrites(replica) + 1)
    const lane = this.#lane(replica, moves, isWritten, isLoose)
    lane.waiting.push({ sighting, due: since + delay })
    this.#size++
  }

  #lane(
    replica: TableIndex,
    moves: number,
    ...[isWritten, isLoose]: [boolean, boolean]
  ): DueBucket {
    const number = (moves * MOST_TABLES + replica) * 4 + (isWritten ? 2 : 0) + (isLoose ? 1 : 0)
    const known = this.#lanes.get(number)
    if (known !== undefined) return known
    const lane: DueBucket = { replica, isWritten, isLoose, waiting: [] }
    this.#lanes.set(number, lane)
    return lane
  }

  /** So many more of an arrival are undecided. */
  #count(replica: TableIndex, arrival: number, more: number): void {
    const open = this.#undecided.get(arrival) ?? new Map<TableIndex, number>()
    const left = (open.get(replica) ?? 0) + more
    if (left > 0) open.set(replica, left)
    else open.delete(replica)
    if (open.size > 0) this.#undecided.set(arrival, open)
    else this.#undecided.delete(arrival)
  }

  /** A replica is lost: what is not decided of it never will be. */
  leave(replica: TableIndex): void {
    this.#left.add(replica)
    for (const arrival of [...this.#undecided.keys()]) this.#count(replica, arrival, -Infinity)
  }

  /** Written keys of a replica that wait for another look, or are having it. */
  openWrites(replica: TableIndex): number {
    return this.#openWrites.get(replica) ?? 0
  }

  /** Takes out some sightings of one replica that are due; undefined where none are. */
  take(now: Milliseconds, most: number, suspectLimit: SuspectLimit): RecheckBatch | undefined {
    for (const { replica, isWritten, isLoose, waiting } of this.#lanes.values()) {
      const limit = isWritten ? most : Math.min(most, suspectLimit(replica))
      const notDue = waiting.slice(0, limit).findIndex(({ due }) => due > now)
      const count = notDue < 0 ? Math.min(limit, waiting.length) : notDue
      if (count === 0) continue
      this.#size -= count
      const sightings = waiting.splice(0, count).map(({ sighting }) => sighting)
      const batch = { replica, sightings, isLoose }
      this.#underWay.add(batch)
      return batch
    }
    return undefined
  }

  /** What was taken out has been looked at; what came again of it was added before. */
  decided(batch: RecheckBatch): void {
    this.#end(batch)
    if (this.#left.has(batch.replica)) return
    for (const { arrival = 0 } of batch.sightings) this.#count(batch.replica, arrival, -1)
  }

  /** What was taken out is left open: nobody is going to look at it in this run. */
  giveUp(batch: RecheckBatch): void {
    this.#end(batch)
    this.#givenUp.push(batch)
  }

  #end(batch: RecheckBatch): void {
    const { replica, sightings } = batch
    this.#underWay.delete(batch)
    const written = sightings.filter(({ wrote }) => wrote !== undefined).length
    this.#openWrites.set(replica, this.openWrites(replica) - written)
  }

  /** Every key of a replica that is not decided, for a run that takes this one up. */
  open(replica: TableIndex): PendingRecheck[] {
    const taken = [...this.#underWay, ...this.#givenUp]
    return [...taken, ...this.#waitingBatches()]
      .filter((batch) => batch.replica === replica && !batch.isLoose)
      .flatMap(({ sightings }) => sightings)
  }

  /** Takes out everything: the run ends before it can be looked at. */
  takeAll(): RecheckBatch[] {
    const all = this.#waitingBatches()
    this.#lanes.clear()
    this.#size = 0
    return all
  }

  #waitingBatches(): RecheckBatch[] {
    return [...this.#lanes.values()].map(({ replica, isLoose, waiting }) => ({
      replica,
      isLoose,
      sightings: waiting.map(({ sighting }) => sighting),
    }))
  }
}

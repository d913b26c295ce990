/** Keys that wait for another look, by the time they are due. */
import type { Sighting } from '../model/sighting.ts'
import type { TableIndex } from '../model/table.ts'
import type { Milliseconds } from '../model/units.ts'

/** Each look at which something had moved makes the next one so many times later. */
const GROWTH = 1.25

/** And up to this share later by lot, so that keys do not come due all at once. */
const JITTER = 0.2

interface Waiting {
  readonly sighting: Sighting
  readonly due: Milliseconds
}

/**
 * Keys of one replica that have moved equally often: what comes first is due
 * first, or nearly so. Suspects and keys that were written have lanes apart.
 */
interface Lane {
  readonly replica: TableIndex
  readonly isWritten: boolean
  waiting: Waiting[]
}

export interface RecheckBatch {
  readonly replica: TableIndex
  readonly sightings: readonly Sighting[]
}

/** How many suspects of a replica may be taken out at a time. */
export type SuspectLimit = (replica: TableIndex) => number

export class RecheckQueue {
  readonly #minAge: Milliseconds
  readonly #lanes = new Map<string, Lane>()
  /** Arrivals that are not decided, and how many sightings go back to each; oldest first. */
  readonly #undecided = new Map<number, number>()
  /** By replica: written keys that wait or are being looked at. */
  readonly #openWrites = new Map<TableIndex, number>()
  #arrivals = 0
  #size = 0

  constructor(minAge: Milliseconds) {
    this.#minAge = minAge
  }

  /** Sightings that wait. */
  get size(): number {
    return this.#size
  }

  /** Sightings that have come so far, those that came again not counted. */
  get arrivals(): number {
    return this.#arrivals
  }

  /** Whether all is decided that had come when `arrivals` was read. */
  isDecided(arrivals: number): boolean {
    const [oldest] = this.#undecided.keys()
    return oldest === undefined || oldest >= arrivals
  }

  add(replica: TableIndex, given: Sighting): void {
    const sighting = { ...given, arrival: given.arrival ?? this.#arrivals++ }
    this.#undecided.set(sighting.arrival, (this.#undecided.get(sighting.arrival) ?? 0) + 1)
    const { moves, since, wrote } = sighting
    const delay = this.#minAge * GROWTH ** moves * (1 + JITTER * Math.random())
    const isWritten = wrote !== undefined
    if (isWritten) this.#openWrites.set(replica, this.openWrites(replica) + 1)
    const name = `${replica} ${moves} ${isWritten}`
    const lane = this.#lanes.get(name) ?? { replica, isWritten, waiting: [] }
    this.#lanes.set(name, lane)
    lane.waiting.push({ sighting, due: since + delay })
    this.#size++
  }

  /** Written keys of a replica that wait for another look, or are having it. */
  openWrites(replica: TableIndex): number {
    return this.#openWrites.get(replica) ?? 0
  }

  /** Takes out some sightings of one replica that are due; undefined where none are. */
  take(now: Milliseconds, most: number, suspectLimit: SuspectLimit): RecheckBatch | undefined {
    for (const { replica, isWritten, waiting } of this.#lanes.values()) {
      const limit = isWritten ? most : Math.min(most, suspectLimit(replica))
      const notDue = waiting.slice(0, limit).findIndex(({ due }) => due > now)
      const count = notDue < 0 ? Math.min(limit, waiting.length) : notDue
      if (count === 0) continue
      this.#size -= count
      return { replica, sightings: waiting.splice(0, count).map(({ sighting }) => sighting) }
    }
    return undefined
  }

  /** What was taken out has been looked at; what came again of it was added before. */
  decided({ replica, sightings }: RecheckBatch): void {
    for (const { arrival = 0, wrote } of sightings) {
      if (wrote !== undefined) this.#openWrites.set(replica, this.openWrites(replica) - 1)
      const left = (this.#undecided.get(arrival) ?? 1) - 1
      if (left > 0) this.#undecided.set(arrival, left)
      else this.#undecided.delete(arrival)
    }
  }

  /** When the next one is due; undefined where none waits. */
  nextDue(): Milliseconds | undefined {
    const heads = [...this.#lanes.values()].flatMap(({ waiting }) => waiting[0]?.due ?? [])
    return heads.length === 0 ? undefined : Math.min(...heads)
  }

  /** Takes out everything: the run ends before it can be looked at. */
  takeAll(): RecheckBatch[] {
    const all = [...this.#lanes.values()].map(({ replica, waiting }) => ({
      replica,
      sightings: waiting.map(({ sighting }) => sighting),
    }))
    this.#lanes.clear()
    this.#size = 0
    return all
  }
}

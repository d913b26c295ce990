/**
 * One attempt of one machine at one shard. Its rate changes when it starts, when a segment of it
 * ends, and when its share of the table's limit changes; between these it is constant.
 */
import type { ReadUnits } from '../../lib/model/units.ts'
import type { Machine } from './machines.ts'
import type { ShardWork } from './shard-work.ts'

export type Seconds = number
export type ReadUnitsPerSecond = number

export interface AttemptSettings {
  /** What a machine of speed 1 manages. */
  readonly machineRate: ReadUnitsPerSecond
  /** What a partition serves: a segment is on one at a time. */
  readonly segmentRate: ReadUnitsPerSecond
  /** Infinity: no checkpoints. */
  readonly checkpointEvery: Seconds
}

/** Rounding, in seconds and in units. */
const NEARLY = 1e-6

export class Attempt {
  readonly work: ShardWork
  readonly shard: number
  readonly number: number
  rate: ReadUnitsPerSecond = 0
  /** When it next starts, saves, dies, or ends a segment. */
  nextAt: Seconds
  read: ReadUnits = 0
  readonly #settings: AttemptSettings
  readonly #speed: number
  /** What it reads before it dies. */
  readonly #lifetime: ReadUnits
  /** Until when it has read. Before it starts: when it will. */
  #now: Seconds
  #savesAt: Seconds

  constructor(
    { work, shard, number }: Pick<Attempt, 'work' | 'shard' | 'number'>,
    { speed, diesAt }: Machine,
    { startsAt, ...settings }: AttemptSettings & { readonly startsAt: Seconds },
  ) {
    this.work = work
    this.shard = shard
    this.number = number
    this.nextAt = startsAt
    this.#settings = settings
    this.#speed = speed
    this.#lifetime = diesAt === undefined ? Infinity : diesAt * work.left
    this.#now = startsAt
    // What an attempt saves that lives to its end is read by nobody.
    this.#savesAt = diesAt === undefined ? Infinity : startsAt + settings.checkpointEvery
  }

  /**
   * Reads on until `now`, and from there at another rate.
   *
   * @param share what the table's limit leaves to each attempt
   */
  goOn(now: Seconds, share: ReadUnitsPerSecond): void {
    if (now < this.#now) return
    const units = this.rate * (now - this.#now)
    this.#now = now
    this.read += units
    if (units > 0) this.work.read(units / this.work.underWay)
    if (now >= this.#savesAt - NEARLY) {
      this.work.save()
      this.#savesAt += this.#settings.checkpointEvery
    }
    this.rate = this.#rateAt(share)
    // What has ended is noticed at once.
    this.nextAt = this.isDone ? now : Math.min(now + this.#unitsToNext() / this.rate, this.#savesAt)
  }

  #rateAt(share: ReadUnitsPerSecond): ReadUnitsPerSecond {
    const { machineRate, segmentRate } = this.#settings
    return Math.min(share, machineRate * this.#speed, segmentRate * this.work.underWay)
  }

  #unitsToNext(): ReadUnits {
    return Math.min(this.work.toNextEnd * this.work.underWay, this.#lifetime - this.read)
  }

  get isDead(): boolean {
    return this.read >= this.#lifetime - NEARLY
  }

  get isDone(): boolean {
    return this.work.underWay === 0
  }
}

/**
 * The work of one shard: its segments, of which several are under way at once and get on equally
 * fast. It survives the attempts at it: a new attempt goes on where the last save was.
 */
import type { ReadUnits } from '../../lib/model/units.ts'

export interface Segment {
  /** Its number in the table. */
  readonly segment: number
  readonly units: ReadUnits
}

interface UnderWay {
  readonly segment: number
  /** At which progress of the attempt it ends. */
  readonly endsAt: ReadUnits
}

/** What a checkpoint holds. */
interface Place {
  /** How many segments have begun. */
  readonly begun: number
  readonly underWay: readonly Segment[]
  readonly ended: readonly number[]
  readonly left: ReadUnits
}

/** Rounding, in units. */
const NEARLY: ReadUnits = 1e-6

export class ShardWork {
  /** What nobody has read yet, or what was lost again. */
  left: ReadUnits
  /** The segments that have ended, in the order of their ends. */
  ended: number[] = []
  readonly #segments: readonly Segment[]
  readonly #atOnce: number
  #begun = 0
  #underWay: UnderWay[] = []
  /** What has been read of each segment that is under way since the attempt began. */
  #progress: ReadUnits = 0
  /** The least of `endsAt`. */
  #nextEnd: ReadUnits = Infinity
  #saved: Place

  constructor(segments: readonly Segment[], { atOnce }: { readonly atOnce: number }) {
    this.#segments = segments
    this.#atOnce = atOnce
    this.left = segments.reduce((sum, { units }) => sum + units, 0)
    this.#saved = { begun: 0, underWay: [], ended: [], left: this.left }
    this.#fill()
  }

  get underWay(): number {
    return this.#underWay.length
  }

  /** How much is left to read of each segment under way until one of them ends. */
  get toNextEnd(): ReadUnits {
    return this.#nextEnd - this.#progress
  }

  /** Reads that much of each segment under way, but of none more than `toNextEnd`. */
  read(units: ReadUnits): void {
    this.left -= units * this.#underWay.length
    this.#progress += units
    if (this.toNextEnd > NEARLY) return
    const isOver = ({ endsAt }: UnderWay) => endsAt - this.#progress <= NEARLY
    this.ended.push(...this.#underWay.filter(isOver).map(({ segment }) => segment))
    this.#underWay = this.#underWay.filter((one) => !isOver(one))
    this.#fill()
  }

  save(): void {
    const underWay = this.#underWay.map(({ segment, endsAt }) => ({
      segment,
      units: endsAt - this.#progress,
    }))
    this.#saved = { begun: this.#begun, underWay, ended: [...this.ended], left: this.left }
  }

  /** Goes back to the last save, or to the beginning. @returns the units that were read for nothing */
  rollBack(): ReadUnits {
    const { begun, underWay, ended, left } = this.#saved
    const lost = left - this.left
    this.#begun = begun
    this.ended = [...ended]
    this.left = left
    this.#progress = 0
    this.#underWay = underWay.map(({ segment, units }) => ({ segment, endsAt: units }))
    this.#fill()
    return lost
  }

  #fill(): void {
    const more = this.#segments.slice(
      this.#begun,
      this.#begun + this.#atOnce - this.#underWay.length,
    )
    for (const { segment, units } of more) {
      this.#underWay.push({ segment, endsAt: this.#progress + units })
    }
    this.#begun += more.length
    this.#nextEnd = Math.min(...this.#underWay.map(({ endsAt }) => endsAt))
  }
}

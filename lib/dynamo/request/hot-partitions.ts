/**
 * Segments whose key range is throttled while their table has capacity left. Each of them is slowed
 * down on its own, and the others go on.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Milliseconds } from '../../model/units.ts'
import type { Cutoff } from './cutoff.ts'

const LONGEST_PAUSE: Milliseconds = 10_000

export class HotSegments {
  readonly #first: Milliseconds
  readonly #pauses = new Map<number | undefined, Milliseconds>()

  /** `first`: the first pause of a segment. */
  constructor(first: Milliseconds) {
    this.#first = first
  }

  /** Settles when the segment may be read again. Undefined: at once. */
  cooled(segment: number | undefined, cutoff: Cutoff): Promise<void> | undefined {
    const pause = this.#pauses.get(segment)
    return pause === undefined ? undefined : sleep(pause, undefined, { signal: cutoff.signal })
  }

  /** The segment's key range was throttled: its pause doubles. */
  heat(segment: number | undefined): void {
    if (segment === undefined) return
    const longer = Math.max((this.#pauses.get(segment) ?? 0) * 2, this.#first)
    this.#pauses.set(segment, Math.min(longer, LONGEST_PAUSE))
  }

  /** A page of the segment was read: its pause shrinks by a quarter, and ends when it is short. */
  cool(segment: number | undefined): void {
    const pause = this.#pauses.get(segment)
    if (pause === undefined) return
    if (pause < this.#first) this.#pauses.delete(segment)
    else this.#pauses.set(segment, pause * 0.75)
  }
}

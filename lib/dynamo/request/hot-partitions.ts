/**
 * Segments whose range of keys is throttled while their table has capacity left:
 * each is slowed by itself, and the others go on.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Milliseconds } from '../../model/units.ts'

const LONGEST_PAUSE: Milliseconds = 10_000

export class HotSegments {
  readonly #first: Milliseconds
  readonly #pauses = new Map<number | undefined, Milliseconds>()

  /** `first`: the pause that a segment begins with. */
  constructor(first: Milliseconds) {
    this.#first = first
  }

  /** Settles when the segment may be read on. Undefined: at once. */
  cooled(segment: number | undefined, signal: AbortSignal): Promise<void> | undefined {
    const pause = this.#pauses.get(segment)
    return pause === undefined ? undefined : sleep(pause, undefined, { signal })
  }

  /** The segment's range was throttled: its pause doubles. */
  heat(segment: number | undefined): void {
    if (segment === undefined) return
    const longer = Math.max((this.#pauses.get(segment) ?? 0) * 2, this.#first)
    this.#pauses.set(segment, Math.min(longer, LONGEST_PAUSE))
  }

  /** A page of it was read: its pause becomes a quarter shorter, and ends in the end. */
  cool(segment: number | undefined): void {
    const pause = this.#pauses.get(segment)
    if (pause === undefined) return
    if (pause < this.#first) this.#pauses.delete(segment)
    else this.#pauses.set(segment, pause * 0.75)
  }
}

/**
 * Whether suspects clear up when they are read again at once. On a busy table
 * most do, which spares them the wait for a later look; on one that stands
 * still none does, and the look costs as much as the one that counts.
 */

/** So many in a row that do not clear up are telling. */
const TELLING = 16

/** Then one in so many is read at once all the same. */
const SAMPLE = 16

export class FalseAlarmRate {
  #inARow = 0

  note(hasClearedUp: boolean): void {
    this.#inARow = hasClearedUp ? 0 : this.#inARow + 1
  }

  /** Whether to read one more at once. */
  isWorthwhile(): boolean {
    return this.#inARow < TELLING || Math.random() < 1 / SAMPLE
  }
}

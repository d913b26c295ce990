/**
 * Whether suspects clear up when they are read again at once. On a busy table most do, which saves
 * them the wait for a later look. On a quiet table none does, and this look costs as much as the
 * one that counts.
 */

/** After this many in a row that do not clear up, a look at once is not worthwhile. */
const TELLING = 16

/** Then one in this many is still read at once. */
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

/** Decides when an alignment asks for a probe: after long without a match, and ever less often. */

/**
 * How many items wait on either side without a match before the first probe, and at most between
 * two probes. They are matched one by one, or settled by the probe.
 */
const FIRST_ITEMS = 256
const MOST_ITEMS = 4096

/** The same in pages, if items wait on either side at all. */
const FIRST_PAGES = 2
const MOST_PAGES = 16

/** Fewer unmatched items than this on a side are cheaper to settle than to probe. */
const WORTH_A_PROBE = 8

export class ProbeSchedule {
  #pagesSinceMatch = 0
  #afterPages = FIRST_PAGES
  #afterItems = FIRST_ITEMS
  /** How many items the last probe has left waiting. */
  #left = 0
  #wasAskedAtEnd = false

  /** A page has come. */
  page(): void {
    this.#pagesSinceMatch++
  }

  /** A pair was matched while both sides are in step. */
  inStep(): void {
    this.#pagesSinceMatch = 0
  }

  /** An item was matched with one that waited. */
  match(): void {
    this.#pagesSinceMatch = 0
    this.#afterPages = FIRST_PAGES
    this.#afterItems = FIRST_ITEMS
    this.#left = 0
  }

  /** A probe was answered; after it, at least `waiting` items wait on either side. */
  answered(waiting: number): void {
    this.#pagesSinceMatch = 0
    this.#afterPages = Math.min(this.#afterPages * 2, MOST_PAGES)
    this.#afterItems = Math.min(this.#afterItems * 2, MOST_ITEMS)
    this.#left = waiting
  }

  /** Whether enough items have come, before a page has ended. */
  isDueForItems(waiting: number): boolean {
    return waiting >= this.#left + this.#afterItems
  }

  /** Whether enough pages have come, before the next one is read. */
  isDueForPages(waiting: number): boolean {
    return this.#pagesSinceMatch >= this.#afterPages && waiting > 0
  }

  /** At the end of both sides, existing elsewhere means another order: that is asked once. */
  isDueAtEnd(waiting: number): boolean {
    if (this.#wasAskedAtEnd || waiting < WORTH_A_PROBE) return false
    this.#wasAskedAtEnd = true
    return true
  }
}

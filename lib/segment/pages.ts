/** A segment's pages in order: one read ahead, and shared by all who compare with them. */
import type { ScanOnePage, ScanSlice } from '../dynamo/scan.ts'
import type { ScanPage } from '../item/responses.ts'

/** The next page; undefined after the last. */
export type NextPage = () => Promise<ScanPage | undefined>

/** Reads the next page while the one before it is worked on. */
export function readAhead(scanPage: ScanOnePage, slice: ScanSlice, after?: string): NextPage {
  let ahead: Promise<ScanPage> | undefined = quietly(scanPage(slice, after))
  return async () => {
    const page = await ahead
    const next = page?.lastEvaluatedKey
    ahead = next === undefined ? undefined : quietly(scanPage(slice, next))
    return page
  }
}

/** How many pages the fastest reader may be ahead of the slowest. */
const LONGEST_LEAD = 2

/**
 * One stream of pages for several readers. Each reader gets every page; a page
 * is let go once the last has it, and the fastest waits for the slowest, so
 * that what is held does not grow.
 */
export class SharedPages {
  readonly #next: NextPage
  /** By reader: how many pages it has taken. */
  readonly #taken = new Map<number, number>()
  readonly #held: Promise<ScanPage | undefined>[] = []
  /** Pages let go: the number of the first one held. */
  #first = 0
  #wake: (() => void)[] = []

  constructor(next: NextPage, readers: readonly number[]) {
    this.#next = next
    for (const reader of readers) this.#taken.set(reader, 0)
  }

  async next(reader: number): Promise<ScanPage | undefined> {
    const taken = this.#taken.get(reader) ?? 0
    while (taken >= this.#slowest() + LONGEST_LEAD) {
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
    if (taken - this.#first === this.#held.length) this.#held.push(quietly(this.#next()))
    const page = this.#held[taken - this.#first]
    this.#taken.set(reader, taken + 1)
    this.#letGo()
    return page
  }

  /** Ends a reader's part, so that the others no longer wait for it. */
  leave(reader: number): void {
    this.#taken.delete(reader)
    this.#letGo()
  }

  #letGo(): void {
    const slowest = this.#slowest()
    while (this.#first < slowest && this.#held.length > 0) {
      this.#held.shift()
      this.#first++
    }
    const waiting = this.#wake
    this.#wake = []
    for (const wake of waiting) wake()
  }

  #slowest(): number {
    return Math.min(...this.#taken.values())
  }
}

/** Keeps a failure for whoever awaits it, without a warning if nobody does. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

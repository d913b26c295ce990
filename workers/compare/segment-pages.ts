/** A segment's pages in order: one is read ahead, and all readers share them. */
import { isEnded } from '../../lib/dynamo/request/request-errors.ts'
import type { ScanPage } from '../../lib/item/bytes/scan-answer.ts'
import type { Cursor } from '../../lib/model/files/segment-record.ts'
import type { Advance } from './scan-advance.ts'

/** The next page; undefined after the last. */
export type NextPage = () => Promise<ScanPage | undefined>

/** Pages in order, and how far they have been handed out. */
export interface PageSource {
  readonly next: NextPage
  /** The position of the scan after the last page handed out, and before it. */
  readonly after: Cursor
  readonly before: Cursor
}

/** One scan: reads the next page while its caller works on the one before. */
export class PageScan implements PageSource {
  readonly #read: (after: string | undefined) => Promise<ScanPage>
  readonly #onPage: (page: ScanPage) => void
  #ahead: Promise<ScanPage> | undefined
  readonly #advance: Advance
  after: Cursor
  before: Cursor

  /** `onPage` is called with each page that is handed out. */
  constructor(
    read: (after: string | undefined) => Promise<ScanPage>,
    from: Cursor,
    ...[onPage, advance]: [onPage: (page: ScanPage) => void, advance: Advance]
  ) {
    this.#advance = advance
    this.#read = (after) => quietly(read(after))
    this.#onPage = onPage
    this.after = from
    this.before = from
  }

  /** Requests the first page before anybody asks for it. */
  begin(): void {
    if (this.after === 'end') return
    this.#ahead ??= this.#read(this.after === 'start' ? undefined : this.after.after)
  }

  readonly next: NextPage = async () => {
    this.begin()
    const page = await this.#ahead
    this.before = this.after
    this.after = cursorAfter(page)
    if (page !== undefined) {
      this.#advance.note(page, this.before, this.after)
      this.#onPage(page)
    }
    const { lastEvaluatedKey } = page ?? {}
    this.#ahead = lastEvaluatedKey === undefined ? undefined : this.#read(lastEvaluatedKey)
    return page
  }
}

/** The next page; `ended` if it is not read any more, since the run is to end. */
export async function nextUnlessEnded(source: PageSource): Promise<ScanPage | undefined | 'ended'> {
  try {
    return await source.next()
  } catch (error) {
    if (isEnded(error)) return 'ended'
    throw error
  }
}

export const cursorAfter = (page: ScanPage | undefined): Cursor =>
  page?.lastEvaluatedKey === undefined ? 'end' : { after: page.lastEvaluatedKey }

/** How many pages the fastest reader may be ahead of the slowest. */
const LONGEST_LEAD = 2

/**
 * One stream of pages for several readers. Each reader gets every page. A page is released once the
 * last reader has it, and the fastest waits for the slowest, so that memory does not grow.
 */
export class SharedPages {
  readonly #next: NextPage
  /** By reader: how many pages it has taken. */
  readonly #taken = new Map<number, number>()
  readonly #held: Promise<ScanPage | undefined>[] = []
  /** How many pages were released: the number of the first one held. */
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

  /** Removes a reader, so that the others no longer wait for it. */
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

/** Keeps a failure for those who await the promise, without a warning if nobody does. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

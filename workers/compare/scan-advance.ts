/**
 * Checks that a scan makes progress. A faulty engine may answer for ever: with pages that end where
 * they began, with last keys that repeat, or with ever new last keys and no items.
 */
import { TablesyncError } from '../../lib/errors.ts'
import type { ScanPage } from '../../lib/item/bytes/scan-answer.ts'
import type { Cursor } from '../../lib/model/files/segment-record.ts'
import type { TableIndex } from '../../lib/model/tables/table.ts'
import type { Milliseconds } from '../../lib/model/units.ts'

/** How many answers in a row may end where they began, as one without items may. */
const MOST_STANDING = 100

/**
 * At most this much of the time between two pages counts as the engine's: the rest was a pause, a
 * wait for capacity, or a slow reader.
 */
const MOST_BETWEEN: Milliseconds = 1000

export interface Scanned {
  readonly label: string
  readonly index: TableIndex
}

export class Advance {
  readonly #table: Scanned
  readonly #stallLimit: Milliseconds
  readonly #now: () => Milliseconds
  #standing = 0
  readonly #circle = new Circle()
  #barren = { pages: 0, time: 0 }
  #lastPage: Milliseconds

  /** `stallLimit`: how long pages may come for which nothing was scanned. */
  constructor(table: Scanned, stallLimit: Milliseconds, now = () => performance.now()) {
    this.#table = table
    this.#stallLimit = stallLimit
    this.#now = now
    this.#lastPage = now()
  }

  /**
   * Notes a page that leads from one place to another.
   *
   * @throws TablesyncError with code `BAD_RESPONSE` if the scan makes no progress
   */
  note(page: ScanPage, before: Cursor, after: Cursor): void {
    this.#noteTime(page)
    const to = placeOf(after)
    if (to === undefined) return
    this.#standing = to === placeOf(before) ? this.#standing + 1 : 0
    if (this.#standing > MOST_STANDING) {
      throw this.#fault(`${MOST_STANDING} pages in a row ended where they began`)
    }
    // A page that ends where it began is no cycle yet.
    if (this.#standing === 0 && this.#circle.closesAt(to)) {
      throw this.#fault('a page ended at the same key as an earlier page')
    }
    const { pages, time } = this.#barren
    if (time <= this.#stallLimit) return
    const seconds = Math.round(time / 1000)
    throw this.#fault(`${pages} pages in ${seconds} s scanned no item`)
  }

  #noteTime({ scanned }: ScanPage): void {
    const now = this.#now()
    const time = Math.min(now - this.#lastPage, MOST_BETWEEN)
    this.#lastPage = now
    const isBarren = scanned === 0
    const { pages, time: before } = this.#barren
    this.#barren = isBarren ? { pages: pages + 1, time: before + time } : { pages: 0, time: 0 }
  }

  #fault(what: string): TablesyncError {
    const { label, index } = this.#table
    return new TablesyncError(`The scan of ${label} does not come to its end: ${what}`, {
      code: 'BAD_RESPONSE',
      scope: 'segment',
      table: index,
      hint: 'Update the engine at fault, or bypass the proxy that caches its answers.',
    })
  }
}

const placeOf = (cursor: Cursor) => (typeof cursor === 'object' ? cursor.after : undefined)

/**
 * Detects a cycle in a sequence of keys, by Brent's algorithm: it keeps one key, and meets it again
 * within three times the cycle's length.
 */
class Circle {
  #kept: string | undefined
  #steps = 0
  #most = 1

  closesAt(key: string): boolean {
    if (key === this.#kept) return true
    this.#steps++
    if (this.#steps === this.#most) {
      this.#kept = key
      this.#steps = 0
      this.#most *= 2
    }
    return false
  }
}

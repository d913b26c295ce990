/** A page of a scan whose items are walked when one of them is first needed. */
import type { ReadUnits } from '../model/units.ts'
import { otherCount, readMembers, skipped } from './bytes/answer-members.ts'
import type { Frame } from './bytes/frame.ts'
import { malformed } from './bytes/json-bytes.ts'
import type { Body } from './bytes/response-body.ts'
import { walkItems, walkOne } from './bytes/walk.ts'
import { theKernel } from './kernel/kernel.ts'
import { type Extent, type KeyNames, type PlainPage, STRIDE } from './page.ts'

export class UnwalkedPage implements PlainPage {
  readonly count: number
  extent: Extent
  readonly lastEvaluatedKey: string | undefined
  readonly readUnits: ReadUnits
  readonly scanned: number
  readonly #names: KeyNames
  readonly #blame: (error: unknown) => unknown
  #body: Body | undefined
  #holders = 1
  #spans: Int32Array | undefined
  #starts: Int32Array | undefined
  #lastStart: number | undefined

  /** `blame`: turns an error into one that says whose answer it was. */
  constructor(
    body: Body,
    frame: Frame,
    names: KeyNames,
    blame: (error: unknown) => unknown = (error) => error,
  ) {
    this.count = frame.count
    this.extent = { start: frame.start, end: frame.end }
    this.lastEvaluatedKey = frame.lastEvaluatedKey
    this.readUnits = frame.readUnits
    this.scanned = frame.scanned ?? frame.count
    this.#starts = frame.starts
    this.#names = names
    this.#body = body
    this.#blame = blame
  }

  get bytes(): Uint8Array {
    if (this.#body === undefined) throw new Error('a page was looked at that had been given back')
    return this.#body.bytes
  }

  /** @throws TablesyncError with code `BAD_RESPONSE` if items are malformed, or miscounted */
  get spans(): Int32Array {
    this.#spans ??= this.#walk()
    return this.#spans
  }

  /**
   * Checks all items at once, and keeps nothing of a plain page.
   *
   * @throws TablesyncError with code `BAD_RESPONSE` if items are malformed, or miscounted
   */
  check(): void {
    this.#lastStart = theKernel().lastStart(this.bytes, this.#list, this.#names)
    if (this.#lastStart === undefined) this.#spans ??= this.#walk()
  }

  get lastStart(): number {
    this.#lastStart ??= this.starts[this.count - 1] as number
    return this.#lastStart
  }

  get isWalked(): boolean {
    return this.#spans !== undefined
  }

  /** @throws TablesyncError with code `BAD_RESPONSE` if items are malformed, or miscounted */
  get starts(): Int32Array {
    this.#starts ??= theKernel().starts(this.bytes, this.extent, this.count) ?? this.#walkedStarts()
    return this.#starts
  }

  /** @throws TablesyncError with code `BAD_RESPONSE` if the item is malformed */
  spansAt(start: number): Int32Array {
    try {
      return walkOne(this.bytes, start, this.#names)
    } catch (error) {
      throw this.#blame(error)
    }
  }

  misplaced(start: number): unknown {
    return this.#blame(malformed(this.bytes, start, 'as many items as a response says it has'))
  }

  /** Called before the page is handed out: so many holders will release it. */
  shareAmong(holders: number): void {
    this.#holders = holders
  }

  release(): void {
    this.#holders--
    if (this.#holders > 0) return
    this.#body?.giveBack()
    this.#body = undefined
  }

  /** The list of items, with its brackets. */
  get #list() {
    return { start: this.extent.start - 1, end: this.extent.end + 1, count: this.count }
  }

  #walkedStarts(): Int32Array {
    const { spans, count } = this
    return Int32Array.from({ length: count }, (_, item) => spans[item * STRIDE] as number)
  }

  #walk(): Int32Array {
    try {
      return this.#walkAll()
    } catch (error) {
      throw this.#blame(error)
    }
  }

  #walkAll(): Int32Array {
    const { bytes, count } = this
    const list = this.#list
    const plain = theKernel().walk(bytes, list, this.#names)
    if (plain !== undefined) return plain
    const { page, end } = walkItems(bytes, list.start, this.#names)
    // Another list may follow the items. Then its end was taken for theirs.
    if (end < list.end) refuseTwice(bytes, 'Items')
    this.extent = { start: this.extent.start, end: end - 1 }
    if (page.count === count) return page.spans
    throw otherCount(count, page.count)
  }
}

/** @throws TablesyncError with code `BAD_RESPONSE` if the answer has two members of this name */
function refuseTwice(bytes: Uint8Array, name: string): void {
  readMembers(bytes, new Map([[name, skipped(bytes)]]))
}

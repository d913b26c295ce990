/** A page of a scan whose items are walked once one of them is asked for. */
import { TablesyncError } from '../errors.ts'
import type { ReadUnits } from '../model/units.ts'
import type { Chunks } from './chunks.ts'
import type { Frame } from './frame.ts'
import type { Extent, ItemPage, KeyNames } from './page.ts'
import { walkItems } from './walk.ts'

export class UnwalkedPage implements ItemPage {
  readonly count: number
  readonly extent: Extent
  readonly lastEvaluatedKey: string | undefined
  readonly readUnits: ReadUnits
  readonly #names: KeyNames
  #walked: ItemPage | undefined
  #bytes: Uint8Array | undefined

  constructor(answer: Chunks, frame: Frame, names: KeyNames) {
    this.count = frame.count
    this.extent = { answer, start: frame.start, end: frame.end }
    this.lastEvaluatedKey = frame.lastEvaluatedKey
    this.readUnits = frame.readUnits
    this.#names = names
  }

  get bytes(): Uint8Array {
    this.#bytes ??= this.extent.answer.whole
    return this.#bytes
  }

  /** @throws TablesyncError with code `BAD_RESPONSE`: the items are no items, or not as many as was said */
  get spans(): Int32Array {
    this.#walked ??= this.#walk()
    return this.#walked.spans
  }

  get members(): Int32Array | undefined {
    this.#walked ??= this.#walk()
    return this.#walked.members
  }

  #walk(): ItemPage {
    const { page, end } = walkItems(this.bytes, this.extent.start - 1, this.#names)
    if (page.count === this.count && end === this.extent.end + 1) return page
    throw new TablesyncError(
      `Expected the ${this.count} items that a response says it has, got ${page.count}`,
      {
        code: 'BAD_RESPONSE',
        scope: 'segment',
        hint: 'Is the endpoint a DynamoDB endpoint, and is no proxy rewriting its answers?',
      },
    )
  }
}

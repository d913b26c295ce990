/** A page of a scan whose items are walked once one of them is asked for. */
import { TablesyncError } from '../errors.ts'
import type { ReadUnits } from '../model/units.ts'
import type { Extent, ItemPage } from './page.ts'

/** What a Scan answers with, as it is read. */
export interface ScanAnswer {
  readonly bytes: Uint8Array
  /** As the answer says it. */
  readonly count: number
  readonly extent: Extent
  readonly lastEvaluatedKey: string | undefined
  readonly readUnits: ReadUnits
}

export class UnwalkedPage implements ItemPage, ScanAnswer {
  readonly bytes: Uint8Array
  readonly count: number
  readonly extent: Extent
  readonly lastEvaluatedKey: string | undefined
  readonly readUnits: ReadUnits
  readonly #walk: () => ItemPage
  #spans: Int32Array | undefined

  constructor(answer: ScanAnswer, walk: () => ItemPage) {
    this.bytes = answer.bytes
    this.count = answer.count
    this.extent = answer.extent
    this.lastEvaluatedKey = answer.lastEvaluatedKey
    this.readUnits = answer.readUnits
    this.#walk = walk
  }

  /** @throws TablesyncError with code `BAD_RESPONSE`: the items are no items, or not as many as was said */
  get spans(): Int32Array {
    this.#spans ??= this.#walked()
    return this.#spans
  }

  #walked(): Int32Array {
    const { count, spans } = this.#walk()
    if (count === this.count) return spans
    throw new TablesyncError(
      `Expected the ${this.count} items that a response says it has, got ${count}`,
      {
        code: 'BAD_RESPONSE',
        scope: 'segment',
        hint: 'Is the endpoint a DynamoDB endpoint, and is no proxy rewriting its answers?',
      },
    )
  }
}

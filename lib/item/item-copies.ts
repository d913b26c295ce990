/** Copies of single items, so that keeping an item for a while does not keep its page. */
import type { TablesyncError } from '../errors.ts'
import type { Bytes } from '../model/units.ts'
import { type ItemPage, STRIDE } from './page.ts'

/** How many items fit on one page of copies, and how many bytes. */
const ITEMS = 64
const ROOM: Bytes = 16 << 10

/** A page that items are copied to, one after the other, until it is full. */
class CopyPage implements ItemPage {
  readonly bytes: Buffer
  readonly spans = new Int32Array(ITEMS * STRIDE)
  count = 0
  refusals?: Map<number, TablesyncError>
  #end = 0

  constructor(room: Bytes) {
    this.bytes = Buffer.allocUnsafeSlow(room)
  }

  hasRoomFor(length: Bytes): boolean {
    return this.count < ITEMS && this.#end + length <= this.bytes.length
  }

  /** `spans`: those of the item, from `base` on. */
  add(bytes: Uint8Array, spans: Int32Array, base: number): number {
    const start = spans[base] as number
    const end = spans[base + 1] as number
    const to = this.#end
    this.bytes.set(bytes.subarray(start, end), to)
    this.#end = to + end - start
    const into = this.count * STRIDE
    for (let at = 0; at < STRIDE; at++) {
      const place = spans[base + at] as number
      // 0: the key has no such part.
      this.spans[into + at] = place === 0 && at > 0 ? 0 : place - start + to
    }
    return this.count++
  }

  refuse(item: number, refusal: TablesyncError): void {
    this.refusals ??= new Map()
    this.refusals.set(item, refusal)
  }
}

export class ItemCopies {
  #page: CopyPage | undefined

  /** The item, in a place that outlives its page: where it is, if that is such a place. */
  lasting(page: ItemPage, item: number): { page: ItemPage; item: number } {
    if (page instanceof CopyPage) return { page, item }
    const copy = this.add(page.bytes, page.spans, item * STRIDE)
    const refusal = page.refusals?.get(item)
    if (refusal !== undefined) copy.page.refuse(copy.item, refusal)
    return copy
  }

  /** Copies the item of `bytes` that has its spans from `base` on. */
  add(bytes: Uint8Array, spans: Int32Array, base: number): { page: CopyPage; item: number } {
    const length = (spans[base + 1] as number) - (spans[base] as number)
    if (this.#page?.hasRoomFor(length) !== true) this.#page = new CopyPage(Math.max(ROOM, length))
    return { page: this.#page, item: this.#page.add(bytes, spans, base) }
  }
}

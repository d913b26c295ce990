/** Pages of keys only: what is kept of items after their pages are released. */
import type { KeySchema } from '../model/tables/table.ts'
import type { Bytes } from '../model/units.ts'
import { walkItems } from './bytes/walk.ts'
import type { KeyText } from './key.ts'
import { type Keyed, keyed } from './key-hash.ts'
import { type ItemPage, keyNames, STRIDE } from './page.ts'

/** How many keys fit on one page. */
const KEYS = 256

/** Most keys fit in this. For longer keys, the page grows. */
const USUAL: Bytes = 128

/** A page that keys are copied to, one after the other, until it is full. */
export class KeyPage implements ItemPage {
  readonly spans = new Int32Array(KEYS * STRIDE)
  bytes: Uint8Array
  count = 0
  #end = 0

  /** `first`: the key that is copied first. Its length decides how much room is made for all. */
  constructor(first: Keyed) {
    this.bytes = new Uint8Array(KEYS * Math.min(keyBytes(first) + 8, USUAL))
  }

  get isFull(): boolean {
    return this.count === KEYS
  }

  /** Copies a key to this page. */
  add(key: Keyed): Keyed {
    const { bytes, spans } = key.page
    const from = key.item * STRIDE
    this.#makeRoom(keyBytes(key))
    const to = this.count * STRIDE
    this.spans[to] = this.#end
    // Both parts of the key. Without a sort key, the second part has no bytes.
    for (let part = 2; part < STRIDE; part += 2) {
      this.spans[to + part] = this.#end
      this.#copy(bytes, spans[from + part] as number, spans[from + part + 1] as number)
      this.spans[to + part + 1] = this.#end
    }
    this.spans[to + 1] = this.#end
    return { page: this, item: this.count++, hash: key.hash }
  }

  #copy(bytes: Uint8Array, start: number, end: number): void {
    const copies = this.bytes
    let to = this.#end
    // A key is short, so a view of it would take longer to make.
    for (let from = start; from < end; from++) copies[to++] = bytes[from] as number
    this.#end = to
  }

  #makeRoom(more: number): void {
    if (this.#end + more <= this.bytes.length) return
    const larger = new Uint8Array(2 * (this.bytes.length + more))
    larger.set(this.bytes.subarray(0, this.#end))
    this.bytes = larger
  }
}

/** The length of a key's values, as they are spelt. */
export function keyBytes({ page, item }: Keyed): Bytes {
  const { spans } = page
  const base = item * STRIDE
  const partition = (spans[base + 3] as number) - (spans[base + 2] as number)
  return partition + (spans[base + 5] as number) - (spans[base + 4] as number)
}

/** A key without an item. */
export function keyedByText(text: KeyText, schema: KeySchema): Keyed {
  return keyed(walkItems(Buffer.from(`[${text}]`), 0, keyNames(schema)).page, 0, schema)
}

/**
 * Buffers for pages, used again and again. V8 counts what lies outside its heap
 * as if it were old: at the rate of a bulk read, buffers made for each page
 * have it mark all that lives several times a second.
 */
import type { Body } from '../item/bytes/response-body.ts'
import { ownBody } from '../item/bytes/response-body.ts'
import type { Bytes } from '../model/units.ts'

/** Smaller bodies are no pages. */
const LEAST_BYTES: Bytes = 64 << 10

/** Buffers are a little larger than the page that they are made for: the next one may be. */
const STEP_BYTES: Bytes = 256 << 10

/** Of those that wait for a page. */
const MOST_FREE = 16

export class PageBuffers {
  readonly #free: Buffer[] = []

  /** A body of so many bytes, to be filled. */
  take(length: Bytes): Body {
    if (length < LEAST_BYTES) return ownBody(Buffer.allocUnsafe(length), false)
    const index = this.#free.findIndex(({ length: room }) => room >= length)
    const [buffer = Buffer.allocUnsafeSlow(Math.ceil(length / STEP_BYTES) * STEP_BYTES)] =
      index < 0 ? [] : this.#free.splice(index, 1)
    return {
      bytes: buffer.subarray(0, length),
      isVerified: false,
      giveBack: () => this.#put(buffer),
    }
  }

  #put(buffer: Buffer): void {
    // The oldest goes: pages may have become larger, or smaller.
    if (this.#free.length === MOST_FREE) this.#free.shift()
    this.#free.push(buffer)
  }
}

/**
 * Reused buffers for pages. V8 counts memory outside its heap as if it were old: at the rate of a
 * bulk read, a new buffer for each page makes it mark all live objects several times a second.
 */
import type { Body } from '../item/bytes/response-body.ts'
import { ownBody } from '../item/bytes/response-body.ts'
import type { Bytes } from '../model/units.ts'

/** Smaller bodies are not pages, and are not reused. */
const LEAST_BYTES: Bytes = 64 << 10

/** Buffers are a little larger than their page, because the next page may be larger. */
const STEP_BYTES: Bytes = 256 << 10

/** How many free buffers are kept for later pages. */
const MOST_FREE = 16

export class PageBuffers {
  readonly #free: Buffer[] = []

  /** A body of `length` bytes, which the caller fills. */
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
    // Drop the oldest: pages may have become larger, or smaller.
    if (this.#free.length === MOST_FREE) this.#free.shift()
    this.#free.push(buffer)
  }
}

/** The body of an answer that is coming in. */
import type { Body } from '../item/bytes/response-body.ts'
import type { Bytes } from '../model/units.ts'
import { misread } from './misread.ts'
import type { PageBuffers } from './page-buffers.ts'

/** A longer one is none that DynamoDB sends (a page is a mebibyte of items): no room is made for it before it comes. */
const MOST_AT_ONCE: Bytes = 64 << 20

/** Far more than any answer has (16 MB at the most, of a BatchGetItem). */
const MOST_BYTES: Bytes = 256 << 20

/** Read into it, what comes behind a body is seen with its last bytes. */
const ONE_MORE: Bytes = 1

export class FillingBody {
  readonly #buffers: PageBuffers
  readonly #isTold: boolean
  #body: Body
  #length = 0

  /** `told`: how long it is going to be, where that is known. */
  constructor(told: Bytes | undefined, buffers: PageBuffers) {
    this.#buffers = buffers
    this.#isTold = told !== undefined && told <= MOST_AT_ONCE
    this.#body = buffers.take(this.#isTold ? (told as Bytes) + ONE_MORE : 0)
  }

  /** Where what is missing of it belongs; undefined where its length is not known. */
  get room(): Buffer | undefined {
    const { bytes } = this.#body
    const isOpen = this.#isTold && this.#length < bytes.length
    return isOpen ? bytes.subarray(this.#length) : undefined
  }

  /** Bytes that come next: they may lie in `room` already. */
  add(bytes: Buffer): void {
    const from = this.#length
    this.#length += bytes.length
    if (this.#length > MOST_BYTES) throw misread('a body that does not end')
    if (this.#length > this.#body.bytes.length) this.#grow(from)
    const { bytes: mine } = this.#body
    const isThere = bytes.buffer === mine.buffer && bytes.byteOffset === mine.byteOffset + from
    if (!isThere) bytes.copy(mine, from)
  }

  get body(): Body {
    const { bytes } = this.#body
    if (bytes.length === this.#length) return this.#body
    return { ...this.#body, bytes: bytes.subarray(0, this.#length) }
  }

  /** Of a body whose length was not told; so much of it is there. */
  #grow(filled: Bytes): void {
    const larger = this.#buffers.take(Math.max(this.#length, 2 * this.#body.bytes.length))
    this.#body.bytes.copy(larger.bytes, 0, 0, filled)
    this.#body.giveBack()
    this.#body = larger
  }
}

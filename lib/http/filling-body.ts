/** The body of an answer while it arrives. */
import type { Body } from '../item/bytes/response-body.ts'
import type { Bytes } from '../model/units.ts'
import { misread } from './misread.ts'
import type { PageBuffers } from './page-buffers.ts'

/** DynamoDB sends nothing longer (a page is a mebibyte of items): it gets no room in advance. */
const MOST_AT_ONCE: Bytes = 64 << 20

/** Far more than any answer has (at most 16 MB, of a BatchGetItem). */
const MOST_BYTES: Bytes = 256 << 20

/** Room for a byte too many, so that bytes after the body arrive together with its last ones. */
const ONE_MORE: Bytes = 1

export class FillingBody {
  readonly #buffers: PageBuffers
  readonly #isTold: boolean
  #body: Body
  #length = 0

  /** `told`: the length that the head announces, if it does. */
  constructor(told: Bytes | undefined, buffers: PageBuffers) {
    this.#buffers = buffers
    this.#isTold = told !== undefined && told <= MOST_AT_ONCE
    this.#body = buffers.take(this.#isTold ? (told as Bytes) + ONE_MORE : 0)
  }

  /** Where the missing bytes belong. Undefined: the length is not known. */
  get room(): Buffer | undefined {
    const { bytes } = this.#body
    const isOpen = this.#isTold && this.#length < bytes.length
    return isOpen ? bytes.subarray(this.#length) : undefined
  }

  /** So many bytes have come into `room`. */
  filled(length: Bytes): void {
    this.#length += length
  }

  /** Adds the bytes that come next. They may be in `room` already. */
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

  /** Makes room in a body of unannounced length. `filled`: the bytes that it has so far. */
  #grow(filled: Bytes): void {
    const larger = this.#buffers.take(Math.max(this.#length, 2 * this.#body.bytes.length))
    this.#body.bytes.copy(larger.bytes, 0, 0, filled)
    this.#body.giveBack()
    this.#body = larger
  }
}

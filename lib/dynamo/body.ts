/** The body of a response: whole, in time, and as it was sent. */
import type { IncomingMessage } from 'node:http'
import { crc32 } from 'node:zlib'
import type { Body } from '../item/body.ts'
import type { Bytes, Milliseconds } from '../model/units.ts'
import type { PageBuffers } from './page-buffers.ts'
import { takenAsItComes } from './reused-reads.ts'
import { hastenCollection } from './young-garbage.ts'

export interface Listening {
  /** Longest silence between two chunks. */
  readonly responseTimeout: Milliseconds
  /** Called with each chunk. */
  readonly onHeard: () => void
}

/** The whole body; a pause longer than the time-out ends it as a `TimeoutError`. */
export function collectBody(
  body: IncomingMessage,
  buffers: PageBuffers,
  listening: Listening,
): Promise<Body> {
  return new Promise((resolve, reject) => {
    const filling = new Filling(body, buffers)
    const taken = takenAsItComes(body)
    const giveUp = setTimeout(() => {
      body.destroy(named('TimeoutError', `no byte for ${listening.responseTimeout} ms`))
    }, listening.responseTimeout)
    body.on('data', (chunk: Buffer) => {
      giveUp.refresh()
      listening.onHeard()
      filling.add(chunk)
      hastenCollection(chunk.length)
    })
    body.once('end', () => {
      clearTimeout(giveUp)
      taken.end()
      resolve(filling.body)
    })
    body.once('error', (error) => {
      clearTimeout(giveUp)
      taken.end()
      reject(error)
    })
  })
}

/** A longer one is none that DynamoDB sends (a page is a mebibyte of items). */
const MOST_AT_ONCE: Bytes = 64 << 20

/** A body that fills: chunks are copied, since what they lie in is used again. */
class Filling {
  readonly #buffers: PageBuffers
  #body: Body
  #length = 0

  constructor({ headers }: IncomingMessage, buffers: PageBuffers) {
    this.#buffers = buffers
    const length = Number(headers?.['content-length'] ?? 0)
    this.#body = buffers.take(length <= MOST_AT_ONCE ? length : 0)
  }

  add(chunk: Buffer): void {
    const length = this.#length + chunk.length
    if (length > this.#body.bytes.length) this.#grow(length)
    chunk.copy(this.#body.bytes, this.#length)
    this.#length = length
  }

  get body(): Body {
    const { bytes } = this.#body
    if (bytes.length === this.#length) return this.#body
    return { ...this.#body, bytes: bytes.subarray(0, this.#length) }
  }

  /** Of a body whose length was not told. */
  #grow(least: number): void {
    const larger = this.#buffers.take(Math.max(least, 2 * this.#body.bytes.length))
    this.#body.bytes.copy(larger.bytes)
    this.#body.giveBack()
    this.#body = larger
  }
}

/** `x-amz-crc32` is the CRC-32 of the body as sent; the SDK for JavaScript leaves it unread. */
export function verified(body: Body, expected: string | undefined): Body {
  if (expected === undefined) return body
  if (crc32(body.bytes) === Number(expected)) return { ...body, isVerified: true }
  throw named('ChecksumMismatch', 'x-amz-crc32 does not match the body')
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}

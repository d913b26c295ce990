/** The body of a response: whole, in time, and as it was sent. */
import type { IncomingMessage } from 'node:http'
import { crc32 } from 'node:zlib'
import type { Milliseconds } from '../model/units.ts'

export interface Listening {
  /** Longest silence between two chunks. */
  readonly responseTimeout: Milliseconds
  /** Called with each chunk. */
  readonly onHeard: () => void
}

/** The whole body; a pause longer than the time-out ends it as a `TimeoutError`. */
export function collectBody(body: IncomingMessage, listening: Listening): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const giveUp = setTimeout(() => {
      body.destroy(named('TimeoutError', `no byte for ${listening.responseTimeout} ms`))
    }, listening.responseTimeout)
    body.on('data', (chunk: Buffer) => {
      giveUp.refresh()
      listening.onHeard()
      chunks.push(chunk)
    })
    body.once('end', () => {
      clearTimeout(giveUp)
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    })
    body.once('error', (error) => {
      clearTimeout(giveUp)
      reject(error)
    })
  })
}

/** `x-amz-crc32` is the CRC-32 of the body as sent; the SDK for JavaScript leaves it unread. */
export function verifyChecksum(bytes: Uint8Array, expected: string | undefined): void {
  if (expected === undefined || crc32(bytes) === Number(expected)) return
  throw named('ChecksumMismatch', 'x-amz-crc32 does not match the body')
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}

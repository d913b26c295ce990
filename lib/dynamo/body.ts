/** The body of a response: whole, in time, and as it was sent. */
import type { IncomingMessage } from 'node:http'
import { crc32 } from 'node:zlib'
import { Chunks } from '../item/chunks.ts'
import type { Milliseconds } from '../model/units.ts'

export interface Listening {
  /** Longest silence between two chunks. */
  readonly responseTimeout: Milliseconds
  /** Called with each chunk. */
  readonly onHeard: () => void
}

/** The whole body; a pause longer than the time-out ends it as a `TimeoutError`. */
export function collectBody(body: IncomingMessage, listening: Listening): Promise<Chunks> {
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
      resolve(new Chunks(chunks))
    })
    body.once('error', (error) => {
      clearTimeout(giveUp)
      reject(error)
    })
  })
}

/** `x-amz-crc32` is the CRC-32 of the body as sent; the SDK for JavaScript leaves it unread. */
export function verifyChecksum(body: Chunks, expected: string | undefined): void {
  if (expected === undefined) return
  let sum = 0
  for (const chunk of body) sum = crc32(chunk, sum)
  if (sum === Number(expected)) return
  throw named('ChecksumMismatch', 'x-amz-crc32 does not match the body')
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}

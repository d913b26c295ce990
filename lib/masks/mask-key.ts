/** The key that values are hashed with. It is a secret: only its id may be written anywhere. */
import { createHmac } from 'node:crypto'
import { usageError } from '../errors.ts'

/** Shorter keys can be found by trying. */
const LEAST_BYTES = 16

/** What a file or a variable holds, without the line's end. */
export function maskKeyIn(content: string, from: string): Uint8Array {
  const key = Buffer.from(content.replace(/\r?\n$/, ''))
  if (key.length >= LEAST_BYTES) return key
  throw usageError(
    `Expected the key in ${from} to have ${LEAST_BYTES} bytes or more, got ${key.length}`,
    'Make one with `openssl rand -hex 32`, and keep it: other keys give other values.',
  )
}

/** Tells keys apart, and nothing else of them. */
export const maskKeyId = (key: Uint8Array): string =>
  createHmac('sha256', key).update('tablesync: the id of a mask key').digest('hex').slice(0, 8)

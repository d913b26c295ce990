import { crc32 } from 'node:zlib'
import type { Body } from '../../item/bytes/response-body.ts'

/**
 * Checks `x-amz-crc32`, the CRC-32 of the body as sent; the SDK for JavaScript ignores it.
 *
 * @throws Error with name `ChecksumMismatch`
 */
export function verified(body: Body, expected: string | undefined): Body {
  if (expected === undefined) return body
  if (crc32(body.bytes) === Number(expected)) return { ...body, isVerified: true }
  const error = new Error('x-amz-crc32 does not match the body')
  throw Object.assign(error, { name: 'ChecksumMismatch' })
}

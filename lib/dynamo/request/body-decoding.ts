/** Decompresses answers. */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Body, ownBody } from '../../item/bytes/response-body.ts'
import type { Bytes } from '../../model/units.ts'

/** Far more than any answer has (at most 16 MB, of a BatchGetItem). */
const MOST_BYTES: Bytes = 256 << 20

const unzip = promisify(gunzip)

/**
 * Decompresses a body. DynamoDB declares some answers compressed that are not, so the first bytes
 * decide.
 *
 * @throws SyntaxError if the body cannot be decompressed
 */
export async function decoded(body: Body, encoding: string | undefined): Promise<Body> {
  const [first, second] = body.bytes
  if (encoding !== 'gzip' || first !== 0x1f || second !== 0x8b) return body
  try {
    const bytes = await unzip(body.bytes, { maxOutputLength: MOST_BYTES })
    body.giveBack()
    return ownBody(bytes, body.isVerified)
  } catch (error) {
    throw new SyntaxError(`a compressed answer that cannot be read: ${(error as Error).message}`)
  }
}

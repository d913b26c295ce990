/** Answers that come compressed. */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Body, ownBody } from '../../item/bytes/response-body.ts'
import type { Bytes } from '../../model/units.ts'

/** Far more than any answer has (16 MB at the most, of a BatchGetItem). */
const MOST_BYTES: Bytes = 256 << 20

const unzip = promisify(gunzip)

/**
 * What a body says. DynamoDB calls some answers compressed that are not, so it
 * is by their first bytes that they are known.
 *
 * @throws SyntaxError where it says nothing
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

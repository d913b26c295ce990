/** MD5 of files: what manifests of exports to S3 name. It tells damage, not forgery. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** In base64. */
export async function md5OfFile(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('md5')
  await pipeline(createReadStream(file), hash, { signal })
  return hash.digest('base64')
}

/** In base64. */
export const md5OfText = (text: string): string => createHash('md5').update(text).digest('base64')

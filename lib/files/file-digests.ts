/** Digests of files. MD5 is what manifests of exports to S3 name: it tells damage, not forgery. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Bytes } from '../model/units.ts'

/** In base64. */
export async function md5OfFile(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('md5')
  await pipeline(createReadStream(file), hash, { signal })
  return hash.digest('base64')
}

/** In base64. */
export const md5OfText = (text: string): string => createHash('md5').update(text).digest('base64')

export interface Digested {
  readonly bytes: Bytes
  /** In hexadecimal. */
  readonly sha256: string
}

/** Whoever reads the file later knows by them that it is all of it, and unchanged. */
export async function digestOfFile(file: string): Promise<Digested> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    hash.update(chunk)
  }
  return { bytes, sha256: hash.digest('hex') }
}

export const sha256OfText = (text: string): string =>
  createHash('sha256').update(text).digest('hex')

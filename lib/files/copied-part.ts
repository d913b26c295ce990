/** Copies the beginning of a file that somebody else may still be writing. */
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { Bytes } from '../model/units.ts'

/**
 * Makes a new file of the first bytes of another, and syncs it.
 *
 * @returns the CRC-32 of what was copied
 * @throws where the file has not so many bytes
 */
export async function copyPart(from: string, to: string, bytes: Bytes): Promise<number> {
  const handle = await open(to, 'wx', 0o600)
  try {
    const { copied, crc } = await pour(from, handle, bytes)
    if (copied < bytes) throw new Error(`${from} has ${copied} bytes, and ${bytes} are needed`)
    await handle.sync()
    return crc
  } finally {
    await handle.close()
  }
}

async function pour(from: string, to: FileHandle, bytes: Bytes) {
  let [copied, crc] = [0, 0]
  if (bytes === 0) return { copied, crc }
  for await (const chunk of createReadStream(from, { end: bytes - 1 }) as AsyncIterable<Buffer>) {
    await to.appendFile(chunk)
    copied += chunk.length
    crc = crc32(chunk, crc)
  }
  return { copied, crc }
}

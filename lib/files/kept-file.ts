/** Checks that a file left by an earlier run is still what that run wrote. */
import { createReadStream } from 'node:fs'
import { crc32 } from 'node:zlib'
import { usageError } from '../errors.ts'
import type { FileMark } from '../model/files/file-mark.ts'

const RESTART = 'Bring the file back, or begin the run anew with --restart.'

/**
 * A resumed run does not repeat what the file records, so it needs the file unchanged.
 *
 * @throws TablesyncError with code `USAGE` if the file does not begin with the marked bytes
 */
export async function refuseChanged(what: string, file: string, good: FileMark): Promise<void> {
  let [bytes, crc] = [0, 0]
  try {
    const kept = good.bytes === 0 ? [] : createReadStream(file, { end: good.bytes - 1 })
    for await (const chunk of kept as AsyncIterable<Buffer>) {
      bytes += chunk.length
      crc = crc32(chunk, crc)
    }
  } catch (error) {
    throw usageError(`Cannot read ${what} ${file} back: ${(error as Error).message}`, RESTART)
  }
  if (bytes === good.bytes && crc === good.crc) return
  throw usageError(
    `The first ${good.bytes} bytes of ${what} ${file} differ from what the previous run wrote`,
    RESTART,
  )
}

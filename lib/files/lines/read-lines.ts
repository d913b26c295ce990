/** The lines of a file, compressed or not. */
import { createReadStream } from 'node:fs'
import { pipeline as joined, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGunzip } from 'node:zlib'
import { usageError } from '../../errors.ts'

export interface FileLine {
  readonly text: string
  /** Whether a line feed follows. */
  readonly isEnded: boolean
}

/** A file whose name ends in .gz is decompressed. `-` is standard input. */
export async function* linesOf(file: string): AsyncGenerator<FileLine> {
  const isCompressed = file.endsWith('.gz')
  let rest = ''
  for await (const text of isCompressed ? unzipped(file) : plain(file)) {
    const end = text.indexOf('\n')
    if (rest.length + (end < 0 ? text.length : end) > LONGEST_LINE) throw tooLong(file)
    // A long line comes in many pieces. It is joined first, and split off once it is whole.
    if (end < 0) {
      rest += text
      continue
    }
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield { text: line, isEnded: true }
  }
  // A batch that was cut in its first bytes yields no text, but still counts as a torn line.
  if (rest !== '' || (isCompressed && (await isCutShort(file))))
    yield { text: rest, isEnded: false }
}

/**
 * In characters. An item has at most 400 KB, and a line at most two items. As JSON, with all
 * numbers written out and all characters escaped, an item takes up to 40 times that.
 */
const LONGEST_LINE = 64 << 20

const tooLong = (file: string) =>
  usageError(
    `Expected lines of ${file} to be at most ${LONGEST_LINE >> 20} MiB long, and one is longer`,
    'Name a file that tablesync wrote.',
  )

export const isBadArchive = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === 'Z_DATA_ERROR'

/** Node's own stream of standard input waits where a pipe has nothing yet; a read of its number may not. */
async function* plain(file: string): AsyncGenerator<string> {
  const bytes = file === '-' ? (await import('node:process')).stdin : createReadStream(file)
  yield* bytes.setEncoding('utf8') as AsyncIterable<string>
}

async function* unzipped(file: string): AsyncGenerator<string> {
  const bytes = createReadStream(file)
  // If the last batch is torn, this yields what is readable and raises no error.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })
  // If one stream ends, both end; the error is raised where the text is read.
  const text = joined(bytes, gunzip, () => {}).setEncoding('utf8')
  yield* text as AsyncIterable<string>
  // gunzip silently ignores bytes that do not begin another batch.
  if (gunzip.bytesWritten < bytes.bytesRead) {
    throw Object.assign(new Error('bytes after the end'), { code: 'Z_DATA_ERROR' })
  }
}

async function isCutShort(file: string): Promise<boolean> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  try {
    await pipeline(createReadStream(file), createGunzip(), nowhere)
    return false
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') return true
    throw error
  }
}

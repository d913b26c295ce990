/** Files of checked lines, read back. What is not whole is refused or skipped by its number, never misread. */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { constants, createGunzip } from 'node:zlib'
import { TablesyncError, usageError } from '../errors.ts'
import { readCheckedLine } from '../protocol/checked-line.ts'

export interface CheckedFile {
  readonly file: string
  /** What messages call it, and the flag that writes it. */
  readonly what: string
  readonly flag: string
}

/**
 * The first line's value; undefined where it is not whole.
 *
 * @throws TablesyncError with code `USAGE` where the file cannot be read
 */
export async function readHeader(of: CheckedFile): Promise<unknown> {
  try {
    for await (const line of linesOf(of.file)) return readCheckedLine(line)
  } catch (error) {
    if (isBadArchive(error)) throw damaged(of, 1)
    throw new TablesyncError(`Cannot read ${of.file}: ${(error as Error).message}`, {
      code: 'USAGE',
      scope: 'run',
      hint: `Name one that was written with ${of.flag} FILE.`,
      cause: error,
    })
  }
  return undefined
}

/**
 * All values but the header's, with their line numbers. A last line that is
 * torn is left out.
 *
 * @throws TablesyncError with code `USAGE` where any other is
 */
export async function* valuesOf(
  of: CheckedFile,
  onTorn: () => void = () => {},
): AsyncGenerator<{ readonly value: unknown; readonly number: number }> {
  let number = 0
  let torn: number | undefined
  try {
    for await (const line of linesOf(of.file)) {
      number++
      if (torn !== undefined) throw damaged(of, torn)
      const value = readCheckedLine(line)
      if (value === undefined) torn = number
      else if (number > 1) yield { value, number }
    }
    if (torn !== undefined) onTorn()
  } catch (error) {
    throw isBadArchive(error) ? damaged(of, number + 1) : error
  }
}

export function refuseHeader({ file, what, flag }: CheckedFile): TablesyncError {
  return usageError(
    `Expected ${file} to be ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what} of version 1; its first line says otherwise`,
    `One is written with ${flag} FILE.`,
  )
}

export function damaged({ file, what }: CheckedFile, number: number): TablesyncError {
  return usageError(
    `Expected line ${number} of ${file} to be whole; it is not what was written`,
    `Only the last line of a ${what} may be torn. Nothing was done.`,
  )
}

const isBadArchive = (error: unknown) => (error as NodeJS.ErrnoException).code === 'Z_DATA_ERROR'

async function* linesOf(file: string): AsyncGenerator<string> {
  const bytes = createReadStream(file)
  // Of a last batch that is torn, what can be read is handed out, and no error raised.
  const gunzip = file.endsWith('.gz')
    ? createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })
    : undefined
  const input = gunzip === undefined ? bytes : pipeline(bytes, gunzip, () => {})
  let rest = ''
  for await (const text of input.setEncoding('utf8')) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
  // Bytes that do not begin another batch are passed over in silence.
  if (gunzip !== undefined && gunzip.bytesWritten < bytes.bytesRead) {
    throw Object.assign(new Error('bytes after the end'), { code: 'Z_DATA_ERROR' })
  }
}

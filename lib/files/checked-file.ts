/** Files of checked lines, read back. What is not as it was written is named by its line, never misread. */
import { TablesyncError, usageError } from '../errors.ts'
import type { GoodLines } from '../model/files/file-mark.ts'
import { contentOf } from './chained-line.ts'
import { readCheckedLine } from './checked-line.ts'
import { LineReader } from './line-reader.ts'
import { CALLED, type OwnFile } from './own-file.ts'
import { isBadArchive, linesOf } from './read-lines.ts'
import { refuseIrregular } from './regular-file.ts'

export interface CheckedFile {
  readonly file: string
  /** What messages call it, and the flag that writes it. */
  readonly what: string
  readonly flag: string
  /** What can be done where a line is damaged. Absent: nothing. */
  readonly damageHint?: string
}

/** What is known of a file once it was read to its end. */
export interface FileEnd {
  /** What the last line says, where it says that this is all. */
  readonly footer: object | undefined
  /** Whether there is a last line that is torn. */
  readonly isTorn: boolean
  /** What a run that goes on with the file writes its lines behind. */
  readonly good: GoodLines
  /** Why it was read no further. */
  readonly damage: TablesyncError | undefined
}

export interface ReadingOptions {
  readonly onEnd?: (end: FileEnd) => void
  /** Whether damage ends the reading, and does not throw. */
  readonly endsAtDamage?: boolean
}

/**
 * The first line's value; undefined where it is not whole.
 *
 * @throws TablesyncError with code `USAGE` where the file cannot be read
 */
export async function readHeader(of: CheckedFile): Promise<unknown> {
  try {
    // It is read more than once.
    await refuseIrregular(of.file)
    for await (const { text } of linesOf(of.file)) {
      const value = readCheckedLine(text)
      return value === undefined ? undefined : contentOf(value as object)
    }
  } catch (error) {
    if (error instanceof TablesyncError) throw error
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
 * All values between the header and the footer, with their line numbers. A
 * last line that is torn is left out.
 *
 * @throws TablesyncError with code `USAGE` where another line is not whole, or does not follow the one before
 */
export async function* valuesOf(
  of: CheckedFile,
  { onEnd = () => {}, endsAtDamage = false }: ReadingOptions = {},
): AsyncGenerator<{ readonly value: unknown; readonly number: number }> {
  const reader = new LineReader({
    torn: (number) => damaged(of, number),
    broken: (number) => broken(of, number),
  })
  let damage: TablesyncError | undefined
  try {
    for await (const line of linesOf(of.file)) {
      const value = reader.read(line)
      if (value !== undefined) yield { value, number: reader.number }
    }
  } catch (error) {
    const thrown = isBadArchive(error) ? damaged(of, reader.number + 1) : error
    if (!endsAtDamage || !(thrown instanceof TablesyncError)) throw thrown
    damage = thrown
  }
  // It had a header a moment ago.
  if (reader.number === 0) throw damaged(of, 1)
  onEnd({ ...reader.end(), damage })
}

export function refuseHeader({ file, what, flag }: CheckedFile, header: unknown): TablesyncError {
  const kind = (header as { readonly tablesync?: OwnFile } | undefined)?.tablesync
  const isOther = kind !== undefined && Object.hasOwn(CALLED, kind) && !CALLED[kind].endsWith(what)
  return usageError(
    `Expected ${file} to be ${an(what)} of version 1 or 2; its first line says ${isOther ? `that it is ${CALLED[kind]}` : 'otherwise'}`,
    `tablesync writes ${an(what)} with ${flag} FILE.`,
  )
}

export function damaged({ file, what, damageHint }: CheckedFile, number: number): TablesyncError {
  return usageError(
    `Expected line ${number} of ${file} to be whole; it was changed since it was written`,
    `Only the last line of ${an(what)} may be torn. ${damageHint ?? NOTHING_DONE}`,
  )
}

function broken({ file, damageHint }: CheckedFile, number: number): TablesyncError {
  const before = number === 1 ? 'to be the first' : `to follow line ${number - 1}`
  return usageError(
    `Expected line ${number} of ${file} ${before}; lines are missing, doubled or moved there`,
    `Restore the file as it was written. ${damageHint ?? NOTHING_DONE}`,
  )
}

const an = (what: string) => `${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}`

const NOTHING_DONE = 'Nothing was done.'

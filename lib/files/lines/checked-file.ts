/** Reads files of checked lines. A changed line is reported by its number, never misread. */
import { TablesyncError, usageError } from '../../errors.ts'
import type { GoodLines } from '../../model/files/file-mark.ts'
import { CALLED, type OwnFile } from '../own-file.ts'
import { refuseIrregular } from '../regular-file.ts'
import { contentOf } from './chained-line.ts'
import { readCheckedLine } from './checked-line.ts'
import { LineReader } from './line-reader.ts'
import { isBadArchive, linesOf } from './read-lines.ts'

export interface CheckedFile {
  readonly file: string
  /** How messages name the file, and the flag that writes it. */
  readonly what: string
  readonly flag: string
  /** What the user can do about a damaged line. Absent: the message says that nothing was done. */
  readonly damageHint?: string
}

/** What is known about a file after it was read. */
export interface FileEnd {
  /** The last line, if it says that the file is complete. */
  readonly footer: object | undefined
  /** Whether the last line is torn. */
  readonly isTorn: boolean
  /** The good lines. A run that continues the file appends behind them. */
  readonly good: GoodLines
  /** The damage at which reading stopped. Undefined: the file was read to its end. */
  readonly damage: TablesyncError | undefined
}

export interface ReadingOptions {
  readonly onEnd?: (end: FileEnd) => void
  /** Whether damage ends the reading instead of throwing. */
  readonly endsAtDamage?: boolean
}

/**
 * The value of the first line. Undefined: the line is not whole.
 *
 * @throws TablesyncError with code `USAGE` if the file cannot be read
 */
export async function readHeader(of: CheckedFile): Promise<unknown> {
  try {
    // The file is read more than once, and a pipe can be read only once.
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
 * All values between the header and the footer, with their line numbers. A torn last line is left
 * out.
 *
 * @throws TablesyncError with code `USAGE` if another line is not whole, or does not follow the
 * line before it
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
  // The caller has read a header from this file, so the file was emptied since.
  if (reader.number === 0) throw damaged(of, 1)
  onEnd({ ...reader.end(), damage })
}

/**
 * The header of a file of this kind, in a version that can be read.
 *
 * @throws TablesyncError with code `USAGE` where it is another file
 */
export async function readOwnHeader(of: CheckedFile, kind: OwnFile): Promise<object> {
  const header = await readHeader(of)
  const { tablesync, version } = (header ?? {}) as { tablesync?: unknown; version?: unknown }
  if (tablesync === kind && (version === 1 || version === 2)) return header as object
  throw refuseHeader(of, header)
}

function refuseHeader({ file, what, flag }: CheckedFile, header: unknown): TablesyncError {
  const kind = (header as { readonly tablesync?: OwnFile } | undefined)?.tablesync
  const isOther = kind !== undefined && Object.hasOwn(CALLED, kind) && !CALLED[kind].endsWith(what)
  return usageError(
    `Expected ${file} to be ${an(what)} of version 1 or 2; ${isOther ? `its first line says that it is ${CALLED[kind]}` : 'it does not begin like one'}`,
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
  return usageError(
    `Lines are missing, doubled or moved at line ${number} of ${file}`,
    `Restore the file as it was written. ${damageHint ?? NOTHING_DONE}`,
  )
}

const an = (what: string) => `${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}`

const NOTHING_DONE = 'Nothing was done.'

/** Reads an undo journal back. What is not whole is refused or skipped by its number, never misread. */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { constants, createGunzip } from 'node:zlib'
import { TablesyncError, usageError } from '../errors.ts'
import type { JournalEntry, JournalHeader } from '../model/journal.ts'
import { readCheckedLine } from '../protocol/checked-line.ts'

export interface JournalLines {
  /** In the order of the writes; read from the file anew each time. */
  entries(): AsyncGenerator<JournalEntry>
  readonly header: JournalHeader
  readonly file: string
}

/** @throws TablesyncError with code `USAGE` where the file is no journal, or is damaged */
export async function readJournal(file: string): Promise<JournalLines> {
  const header = (await firstLineOf(file)) as JournalHeader | undefined
  if (header?.tablesync !== 'undo-journal' || header.version !== 1) {
    throw usageError(
      `Expected ${file} to be an undo journal of version 1; its first line is none`,
      'Journals are written with --undo FILE.',
    )
  }
  return { file, header, entries: () => entriesOf(file, header) }
}

async function firstLineOf(file: string): Promise<unknown> {
  try {
    for await (const line of linesOf(file)) return readCheckedLine(line)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'Z_DATA_ERROR') throw damaged(file, 1)
    throw unreadable(file, error)
  }
  return undefined
}

async function* entriesOf(file: string, header: JournalHeader): AsyncGenerator<JournalEntry> {
  let number = 0
  let torn: number | undefined
  try {
    for await (const line of linesOf(file)) {
      number++
      if (torn !== undefined) throw damaged(file, torn)
      const value = readCheckedLine(line)
      if (value === undefined) torn = number
      else if (number > 1) yield asEntry(value, header, file, number)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'Z_DATA_ERROR') throw error
    throw damaged(file, number + 1)
  }
  // A last line that is torn was never acknowledged, and so its write was never sent.
}

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

function asEntry(value: unknown, header: JournalHeader, file: string, number: number) {
  const entry = value as JournalEntry
  if (Object.hasOwn(header.tables, entry.replica)) return entry
  throw damaged(file, number)
}

function damaged(file: string, number: number): TablesyncError {
  return usageError(
    `Expected line ${number} of ${file} to be whole; it is not what was written`,
    'Only the last line of a journal may be torn. Nothing was undone.',
  )
}

function unreadable(file: string, cause: unknown): TablesyncError {
  return new TablesyncError(`Cannot read ${file}: ${(cause as Error).message}`, {
    code: 'USAGE',
    scope: 'run',
    hint: 'Name a journal that was written with --undo FILE.',
    cause,
  })
}

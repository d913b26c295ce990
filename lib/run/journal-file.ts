/** Reads an undo journal back. */

import {
  type CheckedFile,
  damaged,
  readHeader,
  refuseHeader,
  valuesOf,
} from '../files/checked-file.ts'
import type { JournalEntry, JournalHeader, JournalRefusal } from '../model/journal.ts'

export interface JournalLines {
  /** In the order of the writes; read from the file anew each time. */
  entries(): AsyncGenerator<JournalEntry | JournalRefusal>
  /** Of the entries read last: whether there was a torn line behind them. */
  isTorn(): boolean
  readonly header: JournalHeader
  readonly file: string
}

/** @throws TablesyncError with code `USAGE` where the file is no journal, or is damaged */
export async function readJournal(file: string): Promise<JournalLines> {
  const of: CheckedFile = { file, what: 'undo journal', flag: '--undo' }
  const header = (await readHeader(of)) as JournalHeader | undefined
  if (header?.tablesync !== 'undo-journal' || header.version !== 1) throw refuseHeader(of)
  let isTorn = false
  const onTorn = () => {
    isTorn = true
  }
  return { file, header, isTorn: () => isTorn, entries: () => entriesOf(of, header, onTorn) }
}

/** A last line that is torn was never acknowledged, and so its write was never sent. */
async function* entriesOf(
  of: CheckedFile,
  { tables }: JournalHeader,
  onTorn: () => void,
): AsyncGenerator<JournalEntry | JournalRefusal> {
  for await (const { value, number } of valuesOf(of, onTorn)) {
    const entry = value as JournalEntry | JournalRefusal
    if (!Object.hasOwn(tables, entry.replica)) throw damaged(of, number)
    yield entry
  }
}

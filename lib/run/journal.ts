/** The undo journal, as it is written. */
import type { JournalHeader } from '../model/journal.ts'
import { recorded } from '../model/recorded-table.ts'
import { DurableLines } from './durable-lines.ts'
import type { Tables } from './inspect.ts'

/** @throws TablesyncError with code `FILE_UNWRITABLE` */
export function openJournal(
  file: string,
  { inspected }: Tables,
  isResumed: boolean,
): Promise<DurableLines> {
  const of = { file, what: 'undo journal', mustBeNew: true }
  if (isResumed) return DurableLines.reopen(of)
  const [, ...replicas] = inspected
  const tables = Object.fromEntries(replicas.map((table) => [table.ref.label, recorded(table)]))
  const header: JournalHeader = { tablesync: 'undo-journal', version: 1, tables }
  // A journal is never overwritten: it is all that is left of what was.
  return DurableLines.open(of, header)
}

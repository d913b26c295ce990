/** The undo journal, as it is written. */
import { readFile, rm } from 'node:fs/promises'
import type { JournalHeader } from '../model/journal.ts'
import { recorded } from '../model/recorded-table.ts'
import { isThere } from './checkpoint-file.ts'
import { DurableLines } from './durable-lines.ts'
import type { Tables } from './inspect.ts'
import { readJournal } from './journal-file.ts'

/**
 * `leg`: `only` where no checkpoint is kept. A journal is never overwritten: it
 * is all that is left of what was. But a run that is taken up goes on with its
 * own, and one that died before its first checkpoint has left one of no entries.
 *
 * @throws TablesyncError with code `FILE_UNWRITABLE`
 */
export async function openJournal(
  file: string,
  { inspected }: Tables,
  leg: 'only' | 'first' | 'later',
): Promise<DurableLines> {
  const of = { file, what: 'undo journal', mustBeNew: true }
  const isOurs =
    leg !== 'only' && (await isThere(file)) && (leg === 'later' || (await hasNoEntries(file)))
  if (isOurs) return DurableLines.reopen(of)
  const [, ...replicas] = inspected
  const tables = Object.fromEntries(replicas.map((table) => [table.ref.label, recorded(table)]))
  const header: JournalHeader = { tablesync: 'undo-journal', version: 1, tables }
  return DurableLines.open(of, header)
}

async function hasNoEntries(file: string): Promise<boolean> {
  const journal = await readJournal(file).catch(() => undefined)
  if (journal === undefined) {
    // Where not even its first line is whole, nothing was written under it.
    const isBegun = (await readFile(file)).includes('\n')
    if (!isBegun) await rm(file)
    return false
  }
  for await (const _ of journal.entries()) return false
  return true
}

/** The undo journal, as it is written. */
import { readFile, rm, stat } from 'node:fs/promises'
import { usageError } from '../errors.ts'
import { DurableLines } from '../files/durable-lines.ts'
import type { JournalHeader } from '../model/journal.ts'
import { recorded } from '../model/recorded-table.ts'
import type { Bytes } from '../model/units.ts'
import { isThere } from './checkpoint-file.ts'
import type { Tables } from './inspect.ts'
import { readJournal } from './journal-file.ts'

/**
 * `leg`: `only` where no checkpoint is kept. A journal is never overwritten: it
 * is all that is left of what was. But a run that is taken up goes on with its
 * own, which has at least so many bytes, and one that died before its first
 * checkpoint has left one of no entries.
 *
 * @throws TablesyncError with code `FILE_UNWRITABLE`, or `USAGE` where the run's own is gone or damaged
 */
export async function openJournal(
  file: string,
  { inspected }: Tables,
  leg: 'only' | 'first' | { readonly leastBytes: Bytes },
): Promise<DurableLines> {
  const of = { file, what: 'undo journal', mustBeNew: true }
  if (typeof leg === 'object') {
    await refuseOther(file, leg.leastBytes)
    return DurableLines.reopen(of)
  }
  if (leg === 'first' && (await isThere(file)) && (await hasNoEntries(file))) {
    return DurableLines.reopen(of)
  }
  const [, ...replicas] = inspected
  const tables = Object.fromEntries(replicas.map((table) => [table.ref.label, recorded(table)]))
  const header: JournalHeader = { tablesync: 'undo-journal', version: 1, tables }
  return DurableLines.open(of, header)
}

/** What a replica held before is nowhere else: where a part of it is lost, nothing more is written. */
async function refuseOther(file: string, leastBytes: Bytes): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size < leastBytes) {
    throw usageError(
      `Expected the undo journal ${file} to have at least the ${leastBytes} bytes that the run before wrote, got ${size}`,
      'Bring the file back, or begin the run anew with --restart and another journal.',
    )
  }
  const journal = await readJournal(file)
  for await (const _ of journal.entries());
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

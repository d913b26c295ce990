/** The undo journal, as it is written. */
import { rm, stat } from 'node:fs/promises'
import { usageError } from '../../errors.ts'
import { DurableLines, refuseUncreatable } from '../../files/lines/durable-lines.ts'
import { isThere, readRegularFile } from '../../files/regular-file.ts'
import type { GoodLines } from '../../model/files/file-mark.ts'
import { JOURNAL } from '../../model/files/journal-lines.ts'
import type { Bytes } from '../../model/units.ts'
import type { Settings } from '../../options/settings.ts'
import type { OpenCheckpoint } from '../checkpoint/checkpoint-opening.ts'
import { headerOf } from '../records/frame-lines.ts'
import type { Tables } from '../tables/table-inspection.ts'
import { readJournal } from './journal-reader.ts'

/** How each line begins. Any other file is somebody's, whole or not. */
const BEGINNING = '{"crc":"'

export const JOURNAL_FILE = {
  ...JOURNAL,
  points: { appended: 'journal-appended', synced: 'journal-synced' },
} as const

/**
 * Where a run stands with its journal. `only`: the run keeps no checkpoint. `first`: it keeps one
 * and begins. Else it was taken up, and its own journal has at least so many bytes.
 */
export type JournalLeg = 'only' | 'first' | { readonly leastBytes: Bytes }

export function journalLeg(checkpoint: OpenCheckpoint | undefined): JournalLeg {
  if (checkpoint === undefined) return 'only'
  const { taken } = checkpoint
  return taken === undefined ? 'first' : { leastBytes: taken.journalBytes ?? 0 }
}

/** @throws TablesyncError with code `FILE_UNWRITABLE` where `openJournal` would, without opening it */
export async function refuseJournal(file: string, leg: JournalLeg): Promise<void> {
  if (typeof leg === 'object') return
  const isFree = leg === 'first' && (await isThere(file)) && (await goodWithoutEntries(file))
  if (!isFree) await refuseUncreatable({ ...JOURNAL_FILE, file })
}

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
  { settings, tables }: { readonly settings: Settings; readonly tables: Tables },
  leg: JournalLeg,
): Promise<DurableLines> {
  const of = { ...JOURNAL_FILE, file }
  if (typeof leg === 'object') {
    return DurableLines.reopen(of, await goodLinesOf(file, leg.leastBytes))
  }
  if (leg === 'first' && (await isThere(file))) {
    const good = await goodWithoutEntries(file)
    if (good !== undefined) return DurableLines.reopen(of, good)
  }
  return DurableLines.open(of, headerOf('undo-journal', settings, tables))
}

/** What a replica held before is nowhere else: where a part of it is lost, nothing more is written. */
async function goodLinesOf(file: string, leastBytes: Bytes): Promise<GoodLines> {
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
  return journal.good()
}

/** Undefined: it has entries, or is no journal yet. */
async function goodWithoutEntries(file: string): Promise<GoodLines | undefined> {
  const journal = await readJournal(file).catch(() => undefined)
  if (journal === undefined) {
    const text = await readRegularFile(file)
    // If not even the first line of a journal is whole, nothing was written under it.
    const isBegun = text.includes('\n') || !BEGINNING.startsWith(text.slice(0, BEGINNING.length))
    if (!isBegun) await rm(file)
    return undefined
  }
  for await (const _ of journal.entries()) return undefined
  return journal.good()
}

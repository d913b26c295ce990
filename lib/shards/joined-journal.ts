/**
 * The journals of all attempts, those that did not commit among them: what any of them has written
 * can be taken back.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type CheckedFile, valuesOf } from '../files/lines/checked-file.ts'
import { isThere } from '../files/regular-file.ts'
import type { JournalEntry, JournalRefusal } from '../model/files/journal-lines.ts'
import { attemptsAt } from './attempts.ts'
import { commonLines } from './common-lines.ts'
import type { CommittedShard } from './known-commits.ts'
import { attemptFolder, NAMES } from './shard-paths.ts'

export interface JoinedEntry {
  readonly entry: JournalEntry | JournalRefusal
  readonly isCommitted: boolean
}

/**
 * Each line once: what an attempt has copied of an earlier one is left out.
 *
 * @throws TablesyncError with code `USAGE` where a journal is damaged
 */
export async function* joinedJournal(
  folder: string,
  shards: readonly CommittedShard[],
): AsyncGenerator<JoinedEntry> {
  let attempt = 0
  for (const { shard, attempt: committed } of shards) {
    const others = (await attemptsAt(folder, shard)).filter((id) => id !== committed)
    const read: string[] = []
    for (const id of [committed, ...others]) {
      const file = join(attemptFolder(folder, shard, id), NAMES.journal)
      if (!(await isThere(file))) continue
      const known = await Promise.all(read.map((before) => commonLines(file, before)))
      for await (const entry of entriesFrom(file, Math.max(0, ...known))) {
        yield { entry: { ...entry, attempt }, isCommitted: id === committed }
      }
      read.push(file)
      attempt++
    }
  }
}

/** The entries behind so many lines. */
async function* entriesFrom(
  file: string,
  lines: number,
): AsyncGenerator<JournalEntry | JournalRefusal> {
  const of: CheckedFile = { file, what: 'undo journal', flag: '--journal' }
  // Its attempt died before the first line was written, and so before the first write.
  if ((await stat(file)).size === 0) return
  for await (const { value, number } of valuesOf(of)) {
    if (number > lines) yield value as JournalEntry | JournalRefusal
  }
}

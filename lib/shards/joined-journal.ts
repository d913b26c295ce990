/**
 * The journals of all attempts, those that did not commit among them: what any of them has written
 * can be taken back.
 */
import { type TablesyncError, usageError } from '../errors.ts'
import { valuesOf } from '../files/lines/checked-file.ts'
import { sizeOf } from '../files/regular-file.ts'
import { JOURNAL, type JournalEntry, type JournalRefusal } from '../model/files/journal-lines.ts'
import type { ShardAttempt } from '../model/files/shard-files.ts'
import type { Bytes } from '../model/units.ts'
import { attemptsAt, noteOf } from './attempts.ts'
import { commonLines, linesWithin } from './common-lines.ts'
import type { CommittedShard } from './known-commits.ts'
import { journalOf } from './shard-paths.ts'

export interface JoinedEntry {
  readonly entry: JournalEntry | JournalRefusal
  /** Whether the attempt that counts has it too. */
  readonly isCommitted: boolean
}

/** A journal, with what its attempt knew when it began. */
interface KnownJournal {
  readonly id: string
  readonly file: string
  /** Undefined: there is none. */
  readonly bytes: Bytes | undefined
  readonly note: ShardAttempt
}

/**
 * Each line once: what an attempt has copied of an earlier one is left out.
 *
 * @throws TablesyncError with code `USAGE` where a journal or a note is damaged, or a part is gone
 */
export async function* joinedJournal(
  folder: string,
  shards: readonly CommittedShard[],
): AsyncGenerator<JoinedEntry> {
  for (const { shard, attempt: committed } of shards) {
    const journals = await journalsOf(folder, shard)
    refuseShorter(shard, journals)
    const committedLines = await linesThatCount(journals, committed)
    for (const [attempt, journal] of journals.entries()) {
      const { id, bytes } = journal
      // Its attempt died before the first line was written, and so before the first write.
      if (bytes === undefined || bytes === 0) continue
      const copied = await copiedLines(journal, journals)
      const begunAt = await beginnings(journal, journals)
      for await (const { value, number } of valuesOf({ ...JOURNAL, file: journal.file })) {
        if (number <= copied) continue
        const begun = begunAt.findLast(({ line }) => number > line)?.attempt ?? attempt
        yield {
          entry: { ...(value as JournalEntry), attempt, begun },
          isCommitted: id === committed || number <= (committedLines.get(id) ?? 0),
        }
      }
    }
  }
}

/** In the order in which the attempts began: each had seen those before it. */
async function journalsOf(folder: string, shard: number): Promise<KnownJournal[]> {
  const ids = await attemptsAt(folder, shard)
  const journals = ids.map(async (id): Promise<KnownJournal> => {
    const file = journalOf(folder, shard, id)
    return { id, file, bytes: await sizeOf(file), note: await noteOf(folder, shard, id) }
  })
  return (await Promise.all(journals)).sort((a, b) => a.note.seen.length - b.note.seen.length)
}

/** What a later attempt has seen of a journal is still there. */
function refuseShorter(shard: number, journals: readonly KnownJournal[]): void {
  for (const { note } of journals) {
    for (const { attempt, journalBytes } of note.seen) {
      const { bytes = 0 } = journals.find(({ id }) => id === attempt) ?? {}
      if (bytes < journalBytes) throw shorter(shard, attempt, { bytes, journalBytes })
    }
  }
}

const shorter = (
  shard: number,
  attempt: string,
  { bytes, journalBytes }: { readonly bytes: Bytes; readonly journalBytes: Bytes },
): TablesyncError =>
  usageError(
    `Shard ${shard}: the journal of attempt-${attempt} has ${bytes} bytes, and had ${journalBytes}`,
    'Restore it: what it recorded could not be taken back.',
  )

/** How many lines at its beginning an attempt has copied from another one that is still there. */
async function copiedLines(
  { file, note }: KnownJournal,
  journals: readonly KnownJournal[],
): Promise<number> {
  const from = journals.find(({ id }) => id === note.from?.attempt)
  if (note.from === undefined || from === undefined || from.bytes === undefined) return 0
  const copied = await linesWithin(file, note.from.journalBytes)
  return (await commonLines(file, from.file)) >= copied ? copied : 0
}

/** By attempt: how many lines of its journal the committed one has, since it has copied them. */
async function linesThatCount(
  journals: readonly KnownJournal[],
  committed: string,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  let one = journals.find(({ id }) => id === committed)
  let most = Number.POSITIVE_INFINITY
  while (one?.note.from !== undefined) {
    const { attempt, journalBytes } = one.note.from
    most = Math.min(most, await linesWithin(one.file, journalBytes))
    counts.set(attempt, most)
    one = journals.find(({ id }) => id === attempt)
  }
  return counts
}

interface Beginning {
  readonly attempt: number
  /** Lines of the journal that were there by then. */
  readonly line: number
}

/** When the attempts after it began, by the lines that they have seen of its journal. */
async function beginnings(
  { id, file }: KnownJournal,
  journals: readonly KnownJournal[],
): Promise<Beginning[]> {
  const own = journals.findIndex((one) => one.id === id)
  const found: Beginning[] = []
  for (const [attempt, { note }] of journals.entries()) {
    if (attempt <= own) continue
    const seen = note.seen.find((one) => one.attempt === id)
    // Who has not seen it may have begun at the same time.
    const line = seen === undefined ? 0 : await linesWithin(file, seen.journalBytes)
    found.push({ attempt, line })
  }
  return found
}

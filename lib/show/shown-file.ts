/** A report, a plan or a journal of an earlier run, read for people. */

import { usageError } from '../errors.ts'
import {
  type CheckedFile,
  type FileEnd,
  readHeader,
  valuesOf,
} from '../files/lines/checked-file.ts'
import type { Difference } from '../model/difference.ts'
import type { FileFooter, FileKind } from '../model/files/header-and-footer.ts'
import type { JournalEntry, JournalRefusal } from '../model/files/journal-lines.ts'
import type { RepairPlanEntry } from '../model/files/plan-lines.ts'
import type { RecordedTable } from '../model/files/recorded-table.ts'
import type { ExportOfTable } from '../model/results/reverted-export.ts'
import type { DifferenceShown } from '../report/lines/differences/difference-lines.ts'

/** The header. Files of version 1 have neither run nor time. */
export interface ShownHeader {
  readonly tablesync: FileKind
  readonly run?: string
  /** ISO 8601, UTC. */
  readonly began?: string
  readonly master?: RecordedTable & { readonly label: string }
  readonly tables: { readonly [label: string]: RecordedTable }
  /** Of a journal that a revert made. */
  readonly export?: ExportOfTable
  readonly options?: { readonly [option: string]: unknown }
}

/** A line: as much of a difference as the file says. */
export type ShownLine = DifferenceShown

export interface ShownFile {
  readonly file: string
  readonly header: ShownHeader
  /** Reads the file from its beginning, each time it is called. */
  lines(onEnd?: (end: FileEnd) => void): AsyncGenerator<ShownLine>
}

const KINDS: readonly string[] = ['report', 'repair-plan', 'undo-journal'] satisfies FileKind[]

/** @throws TablesyncError with code `USAGE` where it is none of these files, or cannot be read */
export async function openShown(file: string): Promise<ShownFile> {
  const of: CheckedFile = { file, what: 'file', flag: '--report, --plan or --journal' }
  const header = ((await readHeader(of)) ?? {}) as Partial<ShownHeader> & { version?: unknown }
  const isKnown = KINDS.includes(header.tablesync ?? '') && header.tables !== undefined
  if (!isKnown || (header.version !== 1 && header.version !== 2)) {
    throw usageError(
      `Expected ${file} to be a report, a plan or a journal of version 1 or 2; it does not begin like one`,
      'tablesync writes these with --report FILE, --plan FILE and --journal FILE.',
    )
  }
  let refused: ReadonlySet<number> | undefined
  return {
    file,
    header: header as ShownHeader,
    async *lines(onEnd) {
      refused ??= header.tablesync === 'undo-journal' ? await refusedLines(of) : new Set()
      for await (const { value, number } of valuesOf(of, onEnd === undefined ? {} : { onEnd })) {
        if (refused.has(number)) continue
        const line = LINE_OF[header.tablesync as FileKind](value)
        if (line !== undefined) yield line
      }
    },
  }
}

/** What of the footer a file of this kind has. */
export const footerOf = ({ footer }: FileEnd) => footer as Partial<FileFooter> | undefined

const LINE_OF: { readonly [kind in FileKind]: (value: unknown) => ShownLine | undefined } = {
  report: (value) => value as Difference,
  'repair-plan': (value) => {
    const { seen: _, items: __, ...line } = value as RepairPlanEntry
    return line
  },
  'undo-journal': (value) => lineOfJournal(value as JournalEntry | JournalRefusal),
}

/** Lines of writes that were refused after they had been noted: a later line takes each back. */
async function refusedLines(of: CheckedFile): Promise<ReadonlySet<number>> {
  const last = new Map<string, number>()
  const refused = new Set<number>()
  for await (const { value, number } of valuesOf(of)) {
    const entry = value as JournalEntry | JournalRefusal
    const key = `${entry.replica}\n${JSON.stringify(entry.key)}`
    if (!('refused' in entry)) last.set(key, number)
    else {
      const line = last.get(key)
      if (line !== undefined) refused.add(line)
    }
  }
  return refused
}

/** A write that the service refused has left nothing to show. */
function lineOfJournal(entry: JournalEntry | JournalRefusal): ShownLine | undefined {
  if ('refused' in entry) return undefined
  const { replica, key, before, left } = entry
  const kind = before === null ? 'missing' : left === null ? 'extra' : 'differing'
  return { replica, kind, key, action: left === null ? 'deleted' : 'written' }
}

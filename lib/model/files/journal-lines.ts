/** The undo journal, in JSON lines: a header, what replicas held before each write, a footer. */

import type { SeenItem } from '../pending-recheck.ts'
import type { WireItem } from '../wire.ts'
import type { FileHeader } from './header-and-footer.ts'
import type { RecordedTable } from './recorded-table.ts'

export type JournalHeader = FileHeader<'undo-journal'> | FirstJournalHeader

/** How messages name the file. */
export const JOURNAL = { what: 'undo journal', flag: '--journal' } as const

/** Version 1: there is no footer, and the lines are not chained. */
export interface FirstJournalHeader {
  readonly tablesync: 'undo-journal'
  readonly version: 1
  /** By the replica's name as it was given. */
  readonly tables: { readonly [label: string]: RecordedTable }
}

/** The write of this key that was noted last was refused: it has left nothing. */
export interface JournalRefusal {
  readonly replica: string
  readonly key: WireItem
  readonly refused: true
  /** As in an entry. */
  readonly attempt?: number
}

/** One write, noted before it is sent. If the service refuses it, the replica has no `left`. */
export interface JournalEntry {
  readonly replica: string
  readonly key: WireItem
  /** Null: there was no item. */
  readonly before: WireItem | null
  /** Digest of all attributes that the write leaves. Null: it leaves no item. */
  readonly left: SeenItem
  /**
   * Of a merged journal: which attempt has noted it. The entries of one attempt are in the order of
   * its writes; those of two attempts may have been made in turn. Absent: there was one.
   */
  readonly attempt?: number
  /** The latest attempt that had begun when it was noted: all entries of later ones came after it. */
  readonly begun?: number
}

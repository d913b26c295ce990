/** The undo journal: what replicas held before each write. One JSON value a line, the header first, a footer last. */

import type { SeenItem } from '../pending-recheck.ts'
import type { WireItem } from '../wire.ts'
import type { FileHeader } from './header-and-footer.ts'
import type { RecordedTable } from './recorded-table.ts'

export type JournalHeader = FileHeader<'undo-journal'> | FirstJournalHeader

/** Of version 1: there is no footer, and the lines are no chain. */
export interface FirstJournalHeader {
  readonly tablesync: 'undo-journal'
  readonly version: 1
  /** By the replica's name as it was given. */
  readonly tables: { readonly [label: string]: RecordedTable }
}

/** The write that was told last of this key was refused: it has left nothing. */
export interface JournalRefusal {
  readonly replica: string
  readonly key: WireItem
  readonly refused: true
}

/** One write, before it is sent. It may have been refused: what it would leave is then not there. */
export interface JournalEntry {
  readonly replica: string
  readonly key: WireItem
  /** Null: there was no item. */
  readonly before: WireItem | null
  /** Digest of all attributes that the write leaves. Null: it leaves no item. */
  readonly left: SeenItem
}

/** One place in which two items differ. */
import type { WireValue } from './wire.ts'

/** The name of a DynamoDB type: `S`, `N`, `B`, `BOOL`, `NULL`, `SS`, `NS`, `BS`, `L` or `M`. */
export type TypeName = string

/**
 * What a repair would do at one place of an item: `from` is on the replica, `to` on the master. It
 * has no values unless `showValues` is set.
 */
export interface Change {
  /**
   * Where: names joined by dots, and indexes of lists in brackets, as in `profile.tags[3]`. A name
   * that is empty, or has a dot, bracket, quote, comma or blank, is quoted as in JSON.
   */
  readonly path: string
  /** The type on the replica. Absent: the replica has nothing there. */
  readonly from?: TypeName
  /** The type on the master. Absent: the master has nothing there. */
  readonly to?: TypeName
  /** Of two sets of one type: how many members only the master has, and how many only the replica. */
  readonly members?: { readonly added: number; readonly removed: number }
  /** Only with `showValues`. Of two sets: the members that are added and removed. */
  readonly values?: ChangedValues
}

/** DynamoDB JSON. Numbers keep their spelling. */
export type ChangedValues =
  | { readonly from?: WireValue; readonly to?: WireValue }
  | { readonly added: WireValue; readonly removed: WireValue }

/** A key that `RecheckPolicy` applies to: what both sides were seen to hold, and since when. */
import type { DifferenceKind } from './difference.ts'
import type { Milliseconds } from './units.ts'

/** Digest of an item. Null: the side lacks it. */
export type SeenItem = string | null

/** What the two sides hold under a key. */
export interface SeenSides {
  readonly master: SeenItem
  readonly replica: SeenItem
}

export interface PendingRecheck extends SeenSides {
  /** DynamoDB JSON text. */
  readonly key: string
  /** The kind of difference that the first look suggested. */
  readonly looks: DifferenceKind
  /**
   * `order`: concluded from the order of two scans. `key`: the other side was read by key. `list`:
   * both were, and no scan will meet the key.
   */
  readonly ground: 'order' | 'key' | 'list'
  /**
   * Whether the digests are of the items' bytes. Such digests are cheap, and show that an item
   * stood still. If they differ, the item may have come in another spelling.
   */
  readonly isLiteral?: boolean
  /** Whether a side's lack of the item was concluded from the order of two scans, not yet read. */
  readonly isInferred?: boolean
  /** Versions that the master was seen to have, oldest first, including `master`. */
  readonly versions: readonly string[]
  /** When both sides were first seen in this state, in milliseconds since the epoch. */
  readonly since: Milliseconds
  /** How many looks so far found that something had moved. */
  readonly moves: number
  /** The number of the period in which it began to wait. Absent: it has not waited yet. */
  readonly arrival?: number
  /** Present: this reads a write of ours back, and is not a suspect. */
  readonly wrote?: WroteHere
}

export interface WroteHere {
  /** What the write left on the replica. */
  readonly left: SeenItem
  /** Whether the replica lacked the item before: we may remove all of it. Absent: it had one. */
  readonly isPut?: boolean
}

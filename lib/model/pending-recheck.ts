/** A key under recheckPolicy: what both sides were seen to hold, and since when. */
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
  /** What the first look took it for. */
  readonly looks: DifferenceKind
  /** `order`: concluded from where items stand in two scans. `key`: the other side was asked for it. */
  readonly ground: 'order' | 'key'
  /**
   * Whether the digests are of the items' bytes. Those are cheap, and tell that
   * an item stood still; where they differ it may have come in another spelling.
   */
  readonly isLiteral?: boolean
  /** Whether that a side lacks the item was concluded from the order of two scans, and is yet to be read. */
  readonly isInferred?: boolean
  /** Versions that the master was seen to have, oldest first, the one above included. */
  readonly versions: readonly string[]
  /** When both sides were first seen as they are, in milliseconds of the epoch. */
  readonly since: Milliseconds
  /** Looks so far at which something had moved. */
  readonly moves: number
  /** Number of the stretch of time in which it came to wait. Absent: it has not waited yet. */
  readonly arrival?: number
  /** Present: a write of ours is being read back, not a suspect. */
  readonly wrote?: WroteHere
}

export interface WroteHere {
  /** What the write left on the replica. */
  readonly left: SeenItem
  /** Whether the replica lacked the item before: all of it is ours to take away again. Absent: it had one. */
  readonly isPut?: boolean
}

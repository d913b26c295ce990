/**
 * How far the comparison of one replica in one segment has come. Where to continue, what is still
 * open and the counts up to exactly there are one value: never use one of them alone.
 */
import type { ReplicaTally } from '../tally.ts'

/** How far a scan has come within a segment; `after` is a key as DynamoDB JSON text. */
export type Cursor = 'start' | 'end' | { readonly after: string }

export interface SegmentRecord {
  readonly strategy: 'march' | 'lookup'
  /** `master`: reads the master. `extras`: reads the replica, for items that the master lacks. */
  readonly pass: 'master' | 'extras'
  readonly master: Cursor
  readonly replica: Cursor
  /** Keys read on one side that have not met the other side's; DynamoDB JSON text. */
  readonly unmatched: { readonly master: readonly string[]; readonly replica: readonly string[] }
  readonly deferred: readonly DeferredKey[]
  /** Keys that the other side has although the scans' order denied it, in canonical form. */
  readonly doubted: readonly string[]
  readonly tally: ReplicaTally
}

/** A suspect beyond the recheck budget. It waits for the end of the segment. */
export interface DeferredKey {
  readonly looks: 'missing' | 'extra'
  /** DynamoDB JSON text. */
  readonly key: string
  /** Whether the item had expired when it was scanned. */
  readonly isExpired: boolean
}

/** The record of a segment that has none yet. */
export function freshRecord(
  strategy: SegmentRecord['strategy'],
  startingKey: string | undefined,
  tally: ReplicaTally,
): SegmentRecord {
  const start: Cursor = startingKey === undefined ? 'start' : { after: startingKey }
  return {
    strategy,
    pass: 'master',
    master: start,
    // A march continues from there. A lookup searches the replica for extras from its beginning.
    replica: strategy === 'march' ? start : 'start',
    unmatched: { master: [], replica: [] },
    deferred: [],
    doubted: [],
    tally,
  }
}

export function sameCursor(a: Cursor, b: Cursor): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  return a.after === b.after
}

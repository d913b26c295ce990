/**
 * How far the comparison of one replica in one segment has come. Where to go
 * on, what is still open and the counts up to exactly there are one value:
 * never one of them alone.
 */
import type { ReplicaTally } from '../tally.ts'

/** How far a scan has got within a segment; `after` is a key as DynamoDB JSON text. */
export type Cursor = 'start' | 'end' | { readonly after: string }

export interface SegmentRecord {
  readonly strategy: 'march' | 'lookup'
  /** `master`: the master's items are gone through. `extras`: the replica's, for those that the master lacks. */
  readonly pass: 'master' | 'extras'
  readonly master: Cursor
  readonly replica: Cursor
  /** Keys read on one side that have not met the other; DynamoDB JSON text. */
  readonly unmatched: { readonly master: readonly string[]; readonly replica: readonly string[] }
  readonly deferred: readonly DeferredKey[]
  /** Keys that the other side has, though the order of the scans said no: in the form that keys are compared by. */
  readonly doubted: readonly string[]
  readonly tally: ReplicaTally
}

/** A suspect beyond the recheck budget, which waits for the end of the segment. */
export interface DeferredKey {
  readonly looks: 'missing' | 'extra'
  /** DynamoDB JSON text. */
  readonly key: string
  /** Whether it had expired when it was scanned. */
  readonly isExpired: boolean
}

/** Where a segment begins that has no record yet. */
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
    // A march goes along from there; what is looked up is searched for extras from its beginning.
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

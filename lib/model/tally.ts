/** Counts: what one segment, or the whole run, found and did. */
import type { TableIndex } from './tables/table.ts'
import type { Bytes, ReadUnits, WriteUnits } from './units.ts'

export interface MasterTally {
  /** Items the scan of the master returned. */
  scanned: number
  readUnits: ReadUnits
}

/**
 * The counts of one replica. States count what was found, before any repair.
 *
 * Every item scanned on either side ends in exactly one state. Two items that met as a pair share
 * one state; so do two items of one key that a scan returned soon after each other. So the states,
 * `pending` among them, add up to both scans minus `matched`: see `imbalance`.
 */
export interface ReplicaTally {
  /** Items of the master that the replica was compared with. */
  offered: number
  /** Items the scan of the replica returned; 0 if it was only read by key. */
  scanned: number
  /** Items that met another of the same key: the other side's, or one that the scan repeated. */
  matched: number
  readUnits: ReadUnits
  writeUnits: WriteUnits
  sameAs: number
  missing: number
  differing: number
  extra: number
  /** While it was looked at, the replica came to hold a version that the master had had. */
  converged: number
  /** Gone from both sides, or from the master, since it was scanned. */
  vanished: number
  /** Expired on the master, or on the one side that has it: counts as absent from both. */
  expired: number
  /** Differing, but left alone: the replica has the newer version. */
  newer: number
  /** Items of the replica that the master has after all: counted when its scan reaches them. */
  elsewhere: number
  /** Keys without a verdict: they could not be read again, or kept changing. */
  unverified: number
  /** Keys that are not as the plan or the journal has them, and were left. */
  changed: number
  /** Suspects that wait for another look. */
  pending: number
  /** How many of the differences were counted from the scan and not read again. */
  unconfirmed: number
  /** Writes that the allowance has granted, made or not: what `--max-writes` counts. */
  claimed: number
  written: number
  deleted: number
  /** How many of those had a condition that could not compare all of the item. */
  partial: number
  /** Differences that a hook kept from being repaired. */
  skipped: number
  /** Differences that were gone when the repair came to them. */
  resolved: number
  /** Repairs that were given up because their conditions did not hold. */
  conflicts: number
  /** Repairs that the service refused, or that were lost to errors. */
  failed: number
  /** Items with some attributes written and others not: no later write went through. */
  torn: number
  /** Written keys that were read back, at once and after the mismatch age. */
  readBack: number
  /** Written keys that were found overtaken, and were repaired again. */
  mended: number
  /** Differences whose items were sized, by kind; `putBytes` to `deleteUnits` are of these. */
  sizedMissing: number
  sizedDiffering: number
  sizedExtra: number
  /** What their repair would write: sizes of the master's items, and write units. */
  putBytes: Bytes
  putUnits: WriteUnits
  updateBytes: Bytes
  updateUnits: WriteUnits
  deleteUnits: WriteUnits
}

/** The states that an item, or a pair of items, can end in. */
const STATES = [
  'sameAs',
  'missing',
  'differing',
  'extra',
  'converged',
  'vanished',
  'expired',
  'newer',
  'elsewhere',
  'unverified',
  'changed',
  'pending',
] as const satisfies readonly (keyof ReplicaTally)[]

export type State = (typeof STATES)[number]

/** How many items were counted too often (above zero) or not at all (below). 0: all is well. */
export function imbalance(tally: ReplicaTally): number {
  const ended = STATES.reduce((sum, state) => sum + tally[state], 0)
  return ended - itemsRead(tally)
}

export interface Tally {
  readonly master: MasterTally
  /** By table index. A replica that took no part has no entry. */
  readonly replicas: { readonly [replica: number]: ReplicaTally }
}

/** A tally with each replica under its name, as the summary has it. */
export interface NamedTally {
  readonly master: MasterTally
  /** By the replica's name, as it was given. */
  readonly replicas: { readonly [label: string]: ReplicaTally }
}

export function named(
  { master, replicas }: Tally,
  label: (replica: TableIndex) => string,
): NamedTally {
  const byLabel = Object.entries(replicas).map(([index, tally]) => [label(Number(index)), tally])
  return { master, replicas: Object.fromEntries(byLabel) }
}

export function zeroReplicaTally(): ReplicaTally {
  return {
    offered: 0,
    scanned: 0,
    matched: 0,
    readUnits: 0,
    writeUnits: 0,
    sameAs: 0,
    missing: 0,
    differing: 0,
    extra: 0,
    converged: 0,
    vanished: 0,
    expired: 0,
    newer: 0,
    elsewhere: 0,
    unverified: 0,
    changed: 0,
    pending: 0,
    unconfirmed: 0,
    claimed: 0,
    written: 0,
    deleted: 0,
    partial: 0,
    skipped: 0,
    resolved: 0,
    conflicts: 0,
    failed: 0,
    torn: 0,
    readBack: 0,
    mended: 0,
    sizedMissing: 0,
    sizedDiffering: 0,
    sizedExtra: 0,
    putBytes: 0,
    putUnits: 0,
    updateBytes: 0,
    updateUnits: 0,
    deleteUnits: 0,
  }
}

export function zeroTally(replicas: readonly number[]): Tally {
  return {
    master: { scanned: 0, readUnits: 0 },
    replicas: Object.fromEntries(replicas.map((replica) => [replica, zeroReplicaTally()])),
  }
}

/** The counts that tallies and summaries share. `extra` is null where nobody looked for extras. */
type Found = Pick<ReplicaTally, 'missing' | 'differing'> & { readonly extra: number | null }
type Ended = Pick<ReplicaTally, 'changed' | 'written' | 'deleted' | 'resolved'>
type Read = Pick<ReplicaTally, 'offered' | 'scanned' | 'matched'>

/** Items that were read; a pair, which was read on both sides, counts once. */
export const itemsRead = ({ offered, scanned, matched }: Read) => offered + scanned - matched

/** The same, with an item once that both sides have and that each was read for. */
export const distinctItems = (counts: Read & Pick<ReplicaTally, 'elsewhere'>) =>
  itemsRead(counts) - counts.elsewhere

/** How many differences of all kinds were found. */
export function foundOf({ missing, differing, extra }: Found): number {
  return missing + differing + (extra ?? 0)
}

/** Differences that still stand: neither repaired, nor gone without a repair. */
export function remainingDifferences(counts: Found & Ended): number {
  const { changed, written, deleted, resolved } = counts
  return Math.max(0, foundOf(counts) + changed - written - deleted - resolved)
}

export function addReplicaTallies(a: ReplicaTally, b: ReplicaTally): ReplicaTally {
  return combined(a, b, (x, y) => x + y)
}

export function subtractReplicaTallies(a: ReplicaTally, b: ReplicaTally): ReplicaTally {
  return combined(a, b, (x, y) => x - y)
}

function combined(
  a: ReplicaTally,
  b: ReplicaTally,
  combine: (x: number, y: number) => number,
): ReplicaTally {
  const result = zeroReplicaTally()
  for (const count of Object.keys(result) as (keyof ReplicaTally)[]) {
    result[count] = combine(a[count], b[count])
  }
  return result
}

/** Counts: what one segment, or the whole run, found and did. */
import type { TableIndex } from './tables/table.ts'
import type { ReadUnits, WriteUnits } from './units.ts'

export interface MasterTally {
  /** Items the scan of the master returned. */
  scanned: number
  readUnits: ReadUnits
}

/**
 * One replica's counts. States count what was found, before any repair.
 *
 * Every item scanned on either side ends in exactly one state; two that met as
 * a pair end in one together, as do two of one key that a scan returned soon after
 * each other. So the states and `pending` add up to both scans less `matched`: see
 * `imbalance`.
 */
export interface ReplicaTally {
  /** Items of the master that the replica was compared with. */
  offered: number
  /** Items the scan of the replica returned; 0 where it was only read by key. */
  scanned: number
  /** Items that met another of the same key: the other side's, or their own where a scan returned it twice. */
  matched: number
  readUnits: ReadUnits
  writeUnits: WriteUnits
  sameAs: number
  missing: number
  differing: number
  extra: number
  /** The replica came to hold, while it was looked at, a version that the master had had. */
  converged: number
  /** Gone from both sides, or from the master, since it was scanned. */
  vanished: number
  /** Expired on the master, or on the one side that has it: as good as absent from both. */
  expired: number
  /** Differing, and left alone: the replica has the newer version. */
  newer: number
  /** Items of the replica that the master has after all: counted where its scan comes to them. */
  elsewhere: number
  /** Keys that could not be read again, or kept changing: no verdict stands. */
  unverified: number
  /** Keys of a plan or a journal that are not as they were then, and were left. */
  changed: number
  /** Suspects that wait for another look. */
  pending: number
  /** Of the differences: counted from the scan and not read again. */
  unconfirmed: number
  /** Writes that were allowed for, made or not: what `--max-writes` counts. */
  claimed: number
  written: number
  deleted: number
  /** Of those: on a condition that could not compare all of the item. */
  partial: number
  /** Differences that a hook kept from being repaired. */
  skipped: number
  /** Differences that had ended by themselves when the repair came to them. */
  resolved: number
  /** Repairs given up since their conditions did not hold. */
  conflicts: number
  /** Repairs that the service refused or that were lost to errors. */
  failed: number
  /** Items of which some attributes were written and others not: no write after that went through. */
  torn: number
  /** Written keys that were read back, at once and after the mismatch age. */
  readBack: number
  /** Written keys that were found overtaken, and were brought in order again. */
  mended: number
}

/** What an item, or a pair of items, ends in. */
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

/** Items that were counted too often (above zero) or not at all (below); 0 where all is well. */
export function imbalance(tally: ReplicaTally): number {
  const ended = STATES.reduce((sum, state) => sum + tally[state], 0)
  return ended - (tally.offered + tally.scanned - tally.matched)
}

export interface Tally {
  readonly master: MasterTally
  /** By table index. A replica that took no part has no entry. */
  readonly replicas: { readonly [replica: number]: ReplicaTally }
}

/** The same with each replica under its name, as the summary has them. */
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
  }
}

export function zeroTally(replicas: readonly number[]): Tally {
  return {
    master: { scanned: 0, readUnits: 0 },
    replicas: Object.fromEntries(replicas.map((replica) => [replica, zeroReplicaTally()])),
  }
}

/** Differences that still stand after what was repaired or ended by itself. */
export function remainingDifferences(tally: ReplicaTally): number {
  const found = tally.missing + tally.differing + tally.extra
  return found + tally.changed - tally.written - tally.deleted - tally.resolved
}

export function addTallies(a: Tally, b: Tally): Tally {
  const replicas: Record<number, ReplicaTally> = { ...a.replicas }
  for (const [index, tally] of Object.entries(b.replicas)) {
    const before = replicas[Number(index)]
    replicas[Number(index)] = before ? addReplicaTallies(before, tally) : tally
  }
  return {
    master: {
      scanned: a.master.scanned + b.master.scanned,
      readUnits: a.master.readUnits + b.master.readUnits,
    },
    replicas,
  }
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

/** Counts: what one segment, or the whole run, found and did. */
import type { ReadUnits, WriteUnits } from './units.ts'

export interface MasterTally {
  /** Items the scan of the master returned. */
  scanned: number
  readUnits: ReadUnits
}

/**
 * One replica's counts. Verdicts count what was found, before any repair.
 *
 * Every item scanned on the master ends in one of `sameAs`, `missing`,
 * `differing` or `gone`. `extra` counts items that only the replica has.
 */
export interface ReplicaTally {
  /** Items the scan of the replica returned; 0 where it was only read by key. */
  scanned: number
  readUnits: ReadUnits
  writeUnits: WriteUnits
  sameAs: number
  missing: number
  differing: number
  extra: number
  /** Scanned on the master, and found deleted there when read again. */
  gone: number
  /** Of the verdicts above: counted from the scan and not read again. */
  unconfirmed: number
  /** Keys whose second reading failed, so that no verdict stands. */
  unverified: number
  written: number
  deleted: number
  /** Differences that had ended by themselves when the repair came to them. */
  resolved: number
  /** Repairs given up since the item kept changing under them. */
  conflicts: number
  /** Repairs that the service refused or that were lost to errors. */
  failed: number
}

export interface Tally {
  readonly master: MasterTally
  /** By table index. A replica that took no part has no entry. */
  readonly replicas: { readonly [replica: number]: ReplicaTally }
}

export function zeroReplicaTally(): ReplicaTally {
  return {
    scanned: 0,
    readUnits: 0,
    writeUnits: 0,
    sameAs: 0,
    missing: 0,
    differing: 0,
    extra: 0,
    gone: 0,
    unconfirmed: 0,
    unverified: 0,
    written: 0,
    deleted: 0,
    resolved: 0,
    conflicts: 0,
    failed: 0,
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
  return found - tally.written - tally.deleted - tally.resolved
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

function addReplicaTallies(a: ReplicaTally, b: ReplicaTally): ReplicaTally {
  const sum = zeroReplicaTally()
  for (const count of Object.keys(sum) as (keyof ReplicaTally)[]) sum[count] = a[count] + b[count]
  return sum
}

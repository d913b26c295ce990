/**
 * What the counts of a whole run say of its two scans. An item that one scan
 * did not return, and that a look by key found on that side all the same, is
 * one that the scan left out; of such items nobody knows how many there are
 * that no look by key came to. Some engines leave whole segments out
 * (DynamoDB Local 2.2.0 does).
 */

import { TablesyncError } from '../../errors.ts'
import { count, counted } from '../../model/figures.ts'
import type { ReplicaTally } from '../../model/tally.ts'

/** Tables that are written to: so many may come to be on both sides behind a scan. */
const FEW = 10
const SHARE = 0.01

export interface WholeRun {
  readonly tally: ReplicaTally
  /** Of the master and the replica. */
  readonly labels: readonly [string, string]
  /** Whether nobody writes. */
  readonly isQuiesced: boolean
}

export interface Contradiction {
  /** Whose scan has left items out. */
  readonly side: 'master' | 'replica'
  readonly error: TablesyncError
}

/** Undefined: the counts go together. */
export function contradiction({
  tally,
  labels: [master, replica],
  isQuiesced,
}: WholeRun): Contradiction | undefined {
  const most = Math.max(isQuiesced ? 0 : FEW, Math.floor(tally.offered * SHARE))
  // Two that met are no others than those which the scans returned. Not those that
  // converged: they came to the replica behind its scan, before our eyes.
  const pairs = tally.sameAs + tally.differing + tally.newer
  const leftOutByMaster = tally.elsewhere - (tally.offered - tally.matched)
  const leftOutByReplica = pairs - tally.matched - tally.elsewhere
  if (leftOutByMaster > most) {
    return { side: 'master', error: leftOut(master, tally.offered, leftOutByMaster) }
  }
  if (leftOutByReplica > most) {
    return { side: 'replica', error: leftOut(replica, tally.scanned, leftOutByReplica) }
  }
  return undefined
}

const leftOut = (label: string, scanned: number, missed: number) =>
  new TablesyncError(
    `The scan of ${label} is incomplete: it returned ${counted(scanned, 'item')}, and missed at least ${count(missed)} that a lookup finds`,
    {
      code: 'BAD_RESPONSE',
      scope: 'table',
      hint: 'Some engines return nothing for some segments. Run again with --segments 1.',
    },
  )

/**
 * Checks the counts of a whole run for signs that a scan is incomplete. If a scan did not return an
 * item, but a lookup by key found it on that side, the scan left it out. Nobody knows how many more
 * such items there are that no lookup reached. Some engines leave whole segments out (DynamoDB
 * Local 2.2.0 does).
 */

import { TablesyncError } from '../../errors.ts'
import { count, counted } from '../../model/figures.ts'
import type { ReplicaTally } from '../../model/tally.ts'

/** In tables that are written to, this many items may appear on both sides behind a scan. */
const FEW = 10
const SHARE = 0.01

export interface WholeRun {
  readonly tally: ReplicaTally
  /** Labels of the master and the replica. */
  readonly labels: readonly [string, string]
  /** Whether nobody writes to the tables. */
  readonly isQuiesced: boolean
}

export interface Contradiction {
  /** Whose scan has left items out. */
  readonly side: 'master' | 'replica'
  readonly error: TablesyncError
}

/** Undefined: the counts are consistent. */
export function contradiction({
  tally,
  labels: [master, replica],
  isQuiesced,
}: WholeRun): Contradiction | undefined {
  const most = Math.max(isQuiesced ? 0 : FEW, Math.floor(tally.offered * SHARE))
  // The items of a pair must be among those that the scans returned. Converged pairs do not count:
  // their items reached the replica behind its scan, during the run.
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

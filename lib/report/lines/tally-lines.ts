/** A replica's counts in words, chosen so that the numbers on the screen add up. */

import { count } from '../../model/figures.ts'
import type { ReplicaSummary } from '../../model/results/summary.ts'
import { foundOf, itemsRead } from '../../model/tally.ts'

type Counted = readonly (readonly [what: string, number: number])[]

const words = (counted: Counted) =>
  counted.filter(([, number]) => number > 0).map(([what, number]) => `${count(number)} ${what}`)

/** What was found, and what became of items that are neither the same nor a difference. */
export function foundLines(
  label: string,
  replica: ReplicaSummary,
  { isOfKeys }: { readonly isOfKeys: boolean } = { isOfKeys: false },
): string[] {
  const { sameAs, missing, differing, extra } = replica
  const also = words([
    ['caught up while being checked (replication lag)', replica.converged],
    ['newer on the replica and left', replica.newer],
    ['expired', replica.expired],
    [isOfKeys ? 'in neither table' : 'gone since the scan', replica.vanished],
    ["that looked extra and were counted with the master's item", replica.elsewhere],
    ['changed since the plan', replica.changed],
    ['unverified', replica.unverified],
    ['read but not judged yet', replica.unjudged],
  ])
  return [
    `${label}: ${count(sameAs)} the same, ${count(missing)} missing, ${count(differing)} differing, ` +
      (extra === null ? 'extras not looked for' : `${count(extra)} extra`),
    ...(also.length === 0 ? [] : [`        ${also.join(', ')}`]),
    ...(also.length === 0 || isOfKeys ? [] : [sumLine(replica)]),
  ]
}

/** A pair is judged once, but was read on both sides. */
function sumLine(replica: ReplicaSummary): string {
  const { offered, scanned, matched } = replica
  const pairs = matched === 0 ? '' : `, less ${count(matched)} that are on both`
  const ofReplica = scanned === 0 ? '' : ` and ${count(scanned)} of the replica${pairs}`
  return `        ${count(itemsRead(replica))} in all: ${count(offered)} of the master${ofReplica}`
}

/** What became of the differences. `isWriting`: includes those that nothing was done about. */
export function doneWords(replica: ReplicaSummary, { isWriting }: { isWriting: boolean }) {
  const { written, deleted, skipped, resolved, conflicts, failed, deletionsWithheld } = replica
  const { lostSegments } = replica
  const left = leftOf(replica)
  return words([
    ['written', written],
    ['deleted', deleted],
    ['of these under a condition that covers only part of the item', replica.partial],
    ['skipped by a hook', skipped],
    ['no longer different at repair time', resolved],
    ['in conflict', conflicts],
    ['failed', failed],
    ['repaired in part', replica.torn],
    [deletionsWithheld === 1 ? 'deletion withheld' : 'deletions withheld', deletionsWithheld],
    ['not repaired (not asked for or not reached)', isWriting ? left : 0],
    ['unconfirmed', replica.unconfirmed],
    [`${lostSegments === 1 ? 'segment' : 'segments'} not fully compared`, lostSegments],
  ])
}

/** Differences whose repair nobody asked for, or that the run did not reach. */
function leftOf(replica: ReplicaSummary): number {
  const { written, deleted, skipped, resolved, conflicts, failed, deletionsWithheld } = replica
  const ended =
    written + deleted + skipped + resolved + conflicts + failed + replica.torn + deletionsWithheld
  return Math.max(0, foundOf(replica) - ended)
}

/** The ledger of one run, made of what its shards have counted. */
import { TablesyncError } from '../errors.ts'
import type { ShardRun } from '../model/files/shard-files.ts'
import { MASTER } from '../model/tables/table.ts'
import { imbalance } from '../model/tally.ts'
import { contradiction } from '../run/safeguards/scan-consistency.ts'
import { ofThisRelease } from '../run/state/counts.ts'
import { Ledger } from '../run/state/ledger.ts'
import { SegmentSet } from '../run/state/segment-bitmap.ts'
import type { CommittedShard } from './known-commits.ts'

/** @param labels of the master and the replicas, in their order */
export function mergedLedger(
  run: ShardRun,
  labels: readonly string[],
  shards: readonly CommittedShard[],
): Ledger {
  const [, ...replicas] = labels
  const ledger = new Ledger(
    replicas.map((_, at) => at + 1),
    run.scan.byLookup,
  )
  for (const { result } of shards) {
    const segments = [...SegmentSet.fromText(result.segments)]
    ledger.counts.restoreMaster(result.tally.master, segments)
    for (const [at, label] of replicas.entries()) {
      const state = ledger.stateOf(at + 1)
      for (const segment of segments) state.finished.add(segment)
      state.byLookup ||= result.summary.replicas[label]?.strategy === 'lookup'
      const tally = result.tally.replicas[label]
      if (tally !== undefined) ledger.counts.restore(at + 1, ofThisRelease(tally))
    }
    ledger.restoreKeyErrors(result.summary.errors)
  }
  judge(ledger, run, labels)
  return ledger
}

/** What only the counts of all shards together show. */
function judge(ledger: Ledger, run: ShardRun, labels: readonly string[]): void {
  const master = labels[MASTER] as string
  for (const replica of ledger.replicas()) {
    const label = labels[replica] as string
    const tally = ledger.totalOf(replica)
    if (imbalance(tally) !== 0) {
      const message = `The counts of ${label} do not add up over all shards: ${imbalance(tally)} too many`
      ledger.noteIncomplete(label, new TablesyncError(message, { code: 'INTERNAL', scope: 'run' }))
    }
    if (!run.scan.findExtras) continue
    const isQuiesced = run.meaning['quiesced'] === true
    const found = contradiction({ tally, labels: [master, label], isQuiesced })
    if (found !== undefined) {
      ledger.noteIncomplete(found.side === 'master' ? master : label, found.error)
    }
  }
}

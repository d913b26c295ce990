/** Restores the ledger that the legs before have left. */
import type { Checkpoint, ReplicaCheckpoint } from '../../model/files/checkpoint-content.ts'
import { ofThisRelease } from './counts.ts'
import type { Ledger } from './ledger.ts'
import { SegmentSet } from './segment-bitmap.ts'

/** `labels`: labels of the replicas, in their order. */
export function takeUp(ledger: Ledger, taken: Checkpoint, labels: readonly string[]): void {
  ledger.isResumed = true
  const scanned = new Set<number>()
  for (const [at, label] of labels.entries()) {
    const replica = at + 1
    const was = taken.replicas[label] as ReplicaCheckpoint
    const replicaState = ledger.stateOf(replica)
    replicaState.byLookup = was.byLookup
    replicaState.refusal = taken.keyErrors?.find(({ table }) => table === label)?.message
    for (const segment of SegmentSet.fromText(was.finished)) {
      replicaState.finished.add(segment)
      scanned.add(segment)
    }
    for (const [from, to] of was.deleted) replicaState.deleted.add(from, to)
    ledger.counts.restore(replica, was.tally)
    for (const [segment, record] of Object.entries(was.records)) {
      const tally = ofThisRelease(record.tally)
      ledger.counts.keep(replica, Number(segment), { ...record, tally })
    }
  }
  ledger.counts.restoreMaster(taken.scanned, scanned)
  ledger.restoreKeyErrors(taken.keyErrors ?? [])
}

/** How much of the write allowance the legs before have used. */
import type { Intent } from '../../model/files/write-intent.ts'
import type { Ledger } from './ledger.ts'

/**
 * Counts what is on record. `intents`: writes that were about to be sent, and are not on record
 * yet. What was found beyond both is found again, and claimed then.
 */
export function claimedBefore(ledger: Ledger, intents: readonly Intent[]): number {
  const onRecord = ledger
    .replicas()
    .reduce((sum, replica) => sum + ledger.counts.enteredOf(replica).claimed, 0)
  // An extra was claimed when it was found, long before its deletion.
  return onRecord + intents.filter(({ kind }) => kind !== 'extra').length
}

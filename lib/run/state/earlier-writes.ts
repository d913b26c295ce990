/** How much of what may be written the legs before have used. */
import type { Intent } from '../../model/files/write-intent.ts'
import type { Ledger } from './ledger.ts'

/**
 * What is on record: what was found beyond it is found again, and claimed then.
 * `intents`: writes that were about to be sent, and are not on record yet.
 */
export function claimedBefore(ledger: Ledger, intents: readonly Intent[]): number {
  const onRecord = ledger
    .replicas()
    .reduce((sum, replica) => sum + ledger.counts.enteredOf(replica).claimed, 0)
  // An extra was claimed when it was found, long before its deletion.
  return onRecord + intents.filter(({ kind }) => kind !== 'extra').length
}

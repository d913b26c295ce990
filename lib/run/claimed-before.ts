/** How much of what may be written the legs before have used. */
import type { Intent } from '../model/intent.ts'
import type { Ledger } from './ledger.ts'

/**
 * What is on record: what was found beyond it is found again, and claimed then.
 * `intents`: writes that were about to be sent, and are not on record yet.
 */
export function claimedBefore(ledger: Ledger, intents: readonly Intent[]): number {
  const { counts } = ledger
  const onRecord = ledger.replicas().reduce((sum, replica) => {
    const records = [...counts.records(replica).values()]
    const open = records.reduce((claims, { tally }) => claims + tally.claimed, 0)
    return sum + counts.finished(replica).claimed + open
  }, 0)
  // An extra was claimed when it was found, long before its deletion.
  return onRecord + intents.filter(({ kind }) => kind !== 'extra').length
}

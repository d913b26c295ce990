/** The books of an apply or an undo: every key of the plan or the journal has come to an end, once. */
import type { TableIndex } from '../model/table.ts'
import { zeroReplicaTally } from '../model/tally.ts'
import { unbalanced } from './balance.ts'
import type { Flight } from './flight.ts'
import type { Ledger } from './ledger.ts'

/** Counts keys that nobody is going to look at in this run: nothing is known of them. */
export function leaveUnverified(ledger: Ledger, replica: TableIndex, keys: number): void {
  const given = { ...zeroReplicaTally(), offered: keys, unverified: keys }
  ledger.counts.addLoose(replica, given)
}

/** Ends the run as incomplete where keys were dropped, or counted twice. A run that is over early has left some. */
export function checkBooks({ ledger, desk, isOver }: Flight, keys: number): void {
  if (isOver() || ledger.attached().length < ledger.replicas().length) return
  const counted = ledger.replicas().reduce((sum, replica) => {
    return sum + ledger.totalOf(replica).offered
  }, 0)
  if (counted === keys) return
  desk.fail('', unbalanced('the run', `${counted} keys were counted, of ${keys}`))
}

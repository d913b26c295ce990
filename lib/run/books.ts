/** The books of an apply or an undo: every key of the plan or the journal has come to an end, once. */
import type { TableIndex } from '../model/table.ts'
import { zeroReplicaTally } from '../model/tally.ts'
import type { SegmentTask } from '../protocol/messages.ts'
import { unbalanced } from './balance.ts'
import type { JobEnd } from './executor.ts'
import type { Flight } from './flight.ts'
import type { Ledger } from './ledger.ts'

/** Nothing is known of them. */
function leaveUnverified(ledger: Ledger, replica: TableIndex, keys: number): void {
  const given = { ...zeroReplicaTally(), offered: keys, unverified: keys }
  ledger.counts.addLoose(replica, given)
}

/** Has a task of keys done to its end, and counts the keys that nobody is going to look at. */
export async function carryOutKeys(
  { executor, ledger, isOver }: Flight,
  { replica, keys, taskNow }: KeysJob,
): Promise<JobEnd> {
  const isNeeded = () => !isOver() && ledger.isAttached(replica)
  const end = await executor.execute({ taskNow: () => (isNeeded() ? taskNow() : undefined) })
  const isLeft = end === 'given-up' || (end === 'not-needed' && !ledger.isAttached(replica))
  if (isLeft) leaveUnverified(ledger, replica, keys)
  return end
}

interface KeysJob {
  readonly replica: TableIndex
  /** How many the task has. */
  readonly keys: number
  readonly taskNow: () => SegmentTask
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

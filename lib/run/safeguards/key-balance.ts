/** The books of an apply or an undo: every key of the plan or the journal has come to an end, once. */
import type { TableIndex } from '../../model/tables/table.ts'
import { zeroReplicaTally } from '../../model/tally.ts'
import type { SegmentTask } from '../../protocol/messages.ts'
import type { RunContext } from '../run-context.ts'
import type { Ledger } from '../state/ledger.ts'
import { unbalanced } from '../tasks/task-balance.ts'
import type { JobEnd } from '../tasks/task-executor.ts'

/** Nothing is known of them. */
function leaveUnverified(ledger: Ledger, replica: TableIndex, keys: number): void {
  const given = { ...zeroReplicaTally(), offered: keys, unverified: keys }
  ledger.counts.addLoose(replica, given)
}

/** Has a task of keys done to its end, and counts the keys that nobody is going to look at. */
export async function carryOutKeys(
  { executor, ledger, isOver }: RunContext,
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

/** Keys by the label of their replica. */
export class KeyCount {
  readonly #keys = new Map<string, number>()

  add(label: string, keys = 1): void {
    this.#keys.set(label, this.of(label) + keys)
  }

  of(label: string): number {
    return this.#keys.get(label) ?? 0
  }
}

/**
 * Ends the run as incomplete where keys were dropped, or counted twice. A run
 * that is over early, or has lost a replica, has not come to some: they are
 * counted as that.
 */
export function checkBooks({ ledger, state, label, isOver }: RunContext, keys: KeyCount): void {
  for (const replica of ledger.replicas()) {
    const all = keys.of(label(replica))
    const { offered } = ledger.totalOf(replica)
    const left = all - offered
    if (left === 0) continue
    if (left > 0 && (isOver() || !ledger.isAttached(replica))) {
      ledger.counts.addLoose(replica, { ...zeroReplicaTally(), offered: left, pending: left })
    } else {
      state.fail(unbalanced('the run', `${offered} keys were counted, of ${all}`))
    }
  }
}

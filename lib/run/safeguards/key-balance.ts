/** Checks that an apply or an undo has ended every key of its plan or journal exactly once. */
import type { TableIndex } from '../../model/tables/table.ts'
import { zeroReplicaTally } from '../../model/tally.ts'
import type { SegmentTask } from '../../protocol/tasks.ts'
import type { RunContext } from '../run-context.ts'
import type { Ledger } from '../state/ledger.ts'
import { unbalanced } from '../tasks/task-balance.ts'
import type { JobEnd } from '../tasks/task-executor.ts'

/** Counts keys as unverified: nothing is known of them. */
function leaveUnverified(ledger: Ledger, replica: TableIndex, keys: number): void {
  const given = { ...zeroReplicaTally(), offered: keys, unverified: keys }
  ledger.counts.addLoose(replica, given)
}

/** Runs a task of keys to its end, and counts the keys that no task will look at. */
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
  /** How many keys the task has. */
  readonly keys: number
  readonly taskNow: () => SegmentTask
}

/** Numbers of keys, by the label of their replica. */
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
 * Fails the run, as incomplete, if keys were dropped or counted twice. If it ended early or lost a
 * replica, it has not reached some keys: they are counted as pending.
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

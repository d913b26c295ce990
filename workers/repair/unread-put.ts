/** Puts missing items without a read of the replica: the condition of the put is the check. */

import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import { isEnded } from '../../lib/dynamo/request/request-errors.ts'
import type { TablesyncError } from '../../lib/errors.ts'
import { intentOf, type ReplicaTask } from '../replica-task.ts'
import { lookUpKey } from '../verify/both-sides.ts'
import { endsTable, type Found, failed, type RepairEnding, unverified } from '../verify/ending.ts'
import { type BothSides, standingOfItems } from '../verify/sides.ts'
import { relationOf } from '../verify/verdict.ts'
import { repairing } from '../write/prepared-write.ts'
import { attempt, type Written } from '../write/write-attempt.ts'
import type { Repair } from './repair.ts'
import { OLD_MS } from './repair-writes.ts'

/**
 * Puts an item as the master has it now, and counts it. If the replica turns out to have an item,
 * returns what both sides hold now, and counts nothing.
 */
export function putUnread(
  replicaTask: ReplicaTask,
  repair: Repair,
  found: Found,
): Promise<Written | BothSides | Unread | undefined> {
  const readAt = found.master?.readAt ?? performance.now()
  return repair.writes.inTurn(async () => {
    try {
      if (await repair.outcomes.maySkip(found)) return undefined
    } catch (error) {
      return repair.outcomes.fail(found, error as Error)
    }
    // The master may have deleted the item since: the condition of a put would not notice that.
    if (performance.now() - readAt > OLD_MS) return lookUpKey(replicaTask, found.key)
    if (replicaTask.isOver() || !repair.claims.isAllowed('missing', found.key)) {
      // A run that resumes this one has to look at this key again.
      replicaTask.wasCutShort = true
      await repair.leave(found)
      return undefined
    }
    return putOnce(replicaTask, repair, found)
  })
}

async function putOnce(
  replicaTask: ReplicaTask,
  repair: Repair,
  found: Found,
): Promise<Written | BothSides | Unread | undefined> {
  const { thread, count } = replicaTask
  const end = (ending: RepairEnding) => {
    count.state('missing')
    return repair.outcomes.conclude(ending, found)
  }
  // A put of an earlier thread or run may have landed: a refusal does not take its intent back.
  const isInDoubt = intentOf(replicaTask, found.key) !== undefined
  const write = repairing(replicaTask, 'missing', found)
  const left = write.leaves
  const result = await attempt(replicaTask, write, 'missing', isInDoubt)
  switch (result.end) {
    case 'landed':
      return end({ action: 'written', left, isPut: true })
    case 'not-sent':
      replicaTask.wasCutShort = true
      await repair.leave(found)
      return undefined
    case 'rejected':
      await end(failed(result.error))
      if (endsTable(result.error)) throw result.error
      return undefined
    case 'unsure': {
      const now = await readUnlessEnded(replicaTask, found)
      // It may have landed, so it is not reported as left.
      if (now === undefined) return endUnknown(result.error)
      if (isUnread(now)) return end(unverified(now))
      // The item that it leaves identifies the write, whatever the master holds by now.
      const asPut = { master: found.master, replica: now.replica }
      const hasLanded = relationOf(standingOfItems(asPut, thread.comparer)) === 'sameAs'
      if (hasLanded) return end({ action: 'written', left, isPut: true })
      repair.claims.giveBack('missing', found.key)
      return now
    }
    default:
      // It is claimed again if it turns out to be a difference.
      repair.claims.giveBack('missing', found.key)
      return lookUpKey(replicaTask, found.key)
  }

  function endUnknown(error: TablesyncError): Promise<Written | undefined> {
    replicaTask.wasCutShort = true
    return end(failed(error))
  }
}

/** Undefined: the key was not read, since the run is to end. */
async function readUnlessEnded(
  replicaTask: ReplicaTask,
  { key }: Found,
): Promise<BothSides | Unread | undefined> {
  return lookUpKey(replicaTask, key).catch((error: unknown) => {
    if (isEnded(error)) return undefined
    throw error
  })
}

/**
 * Pending rechecks: gives keys that stood still a verdict, and those that moved another recheck.
 */
import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import type { PendingRecheck } from '../../lib/model/pending-recheck.ts'
import type { RecheckTask } from '../../lib/protocol/tasks.ts'
import type { MaybeValue } from '../concurrency/maybe-promise.ts'
import { lookAtWritten, notReadBack } from '../repair/read-back.ts'
import type { Repair } from '../repair/repair.ts'
import { WRITE_BATCH } from '../repair/repair-writes.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { lookUpBothSides } from '../verify/both-sides.ts'
import { unlessExpired } from '../verify/expired-items.ts'
import { type BothSides, digestsLike, digestsOf, standingOfItems } from '../verify/sides.ts'
import { isDifference, judge, movedOn, sinceThen } from '../verify/verdict.ts'
import type { Written } from '../write/write-attempt.ts'
import { type KeyWork, keyTask } from './key-task.ts'

export const recheckKeys = keyTask(rechecking)

function rechecking(
  { keys }: RecheckTask,
  replicaTask: ReplicaTask,
  repair: Repair,
): KeyWork<PendingRecheck, BothSides | Unread> {
  const { count, thread, stopping } = replicaTask
  const nowUnverified = (some: readonly PendingRecheck[]) =>
    count.state('unverified', suspectsIn(some))
  return {
    keys,
    // Where keys may be written: few, so that no read grows old before its write.
    batchSize: (at) => {
      const { batchReadLimit, isWriting } = thread.setup
      const mayBeWritten = isWriting && isSuspect(keys[at] as PendingRecheck)
      return mayBeWritten ? Math.min(WRITE_BATCH, batchReadLimit) : batchReadLimit
    },
    isOver: replicaTask.isOver,
    begin: (batch) => count.state('pending', -suspectsIn(batch)),
    read: (texts) => lookUpBothSides(replicaTask, texts),
    lose: nowUnverified,
    end: (pending, sides) =>
      isSuspect(pending)
        ? judgeAgain(replicaTask, repair, pending, sides)
        : lookBack(replicaTask, repair, pending, sides),
    leave(rest, isTableLost) {
      // A run that resumes this one still has these keys to do.
      if (stopping.aborted && !isTableLost) return
      count.state('pending', -suspectsIn(rest))
      nowUnverified(rest)
    },
  }
}

const suspectsIn = (pending: readonly PendingRecheck[]) => pending.filter(isSuspect).length

/** Whether the replica was read by key and had no item, and not only its scan. */
const wasRead = ({ replica, isInferred }: PendingRecheck) => replica === null && isInferred !== true

/** Whether the key is a suspect; other keys were written, and are read back. */
const isSuspect = ({ wrote }: PendingRecheck) => wrote === undefined

async function lookBack(
  replicaTask: ReplicaTask,
  repair: Repair,
  pending: PendingRecheck,
  sides: BothSides | Unread,
): Promise<undefined> {
  const { count, tell, replica } = replicaTask
  if (isUnread(sides)) return notReadBack(repair, pending, sides)
  const look = await lookAtWritten(replicaTask, repair, pending, sides)
  if (look === 'held') count.held()
  else if (look !== undefined) await tell({ type: 'look-again', replica, pending: look })
}

function judgeAgain(
  replicaTask: ReplicaTask,
  repair: Repair,
  pending: PendingRecheck,
  sides: BothSides | Unread,
): MaybeValue<Written> {
  const { thread, count, tell, replica } = replicaTask
  if (isUnread(sides)) return repair.outcomes.unread(pending, sides)
  const { comparer, setup } = thread
  const judged = judge(pending, standingOfItems(sides, comparer)).verdict
  // The replica was read by key and lacked the item: the item has come since.
  const hasCome = judged === 'sameAs' && pending.looks === 'missing' && wasRead(pending)
  const found = hasCome ? 'converged' : judged
  const verdict = unlessExpired(replicaTask, found, sides)
  const outcome = { key: pending.key, master: sides.master, replica: sides.replica }
  if (!isDifference(verdict)) return repair.settle({ verdict, ...outcome })
  const now = digestsLike(pending, sides, comparer)
  const became = sinceThen(pending, now)
  // If orders are not what they seem, nobody knows since when the side lacks the item.
  const isDoubtful = pending.isInferred && !thread.orderRecord.isFlawless(replica)
  if (became === 'stood-still' && !isDoubtful) return repair.settle({ verdict, ...outcome })
  if (became === 'converged') return repair.settle({ verdict: 'converged', ...outcome })
  const moved = movedOn(pending, digestsOf(sides, comparer), Date.now())
  if (moved.moves >= setup.recheckPolicy.attempts) {
    count.state('unverified')
    return undefined
  }
  count.state('pending')
  return tell({ type: 'look-again', replica, pending: moved })?.then(() => undefined)
}

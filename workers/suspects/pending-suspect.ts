/** Queues a suspect for another look, after it has stood still as the sides are now. */
import type { MaybePromise } from '../concurrency/maybe-promise.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { type BothSides, digestsLike } from '../verify/sides.ts'
import { firstPending, type Suspicion } from '../verify/verdict.ts'

/** @param isInferred a side's lack of the item is concluded from the order of two scans */
export function lookAgain(
  { thread, count, replica, tell }: ReplicaTask,
  suspicion: Suspicion,
  sides: BothSides,
  isInferred = false,
): MaybePromise {
  count.state('pending')
  // What is not compared may change as often as it likes.
  const { ignore, only } = thread.setup.compared
  const isLiteral = ignore.length === 0 && only.length === 0
  const how = { isLiteral, isInferred }
  const seen = digestsLike(how, sides, thread.comparer)
  return tell({
    type: 'look-again',
    replica,
    pending: firstPending(suspicion, seen, how, Date.now()),
  })
}

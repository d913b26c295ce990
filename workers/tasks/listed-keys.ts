/**
 * Compares listed keys: reads each on both sides, and ends it as a suspect of a scan would end. The
 * list stands for a scan.
 */
import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import type { KeyText } from '../../lib/item/key.ts'
import type { ListedTask } from '../../lib/protocol/tasks.ts'
import type { MaybeValue } from '../concurrency/maybe-promise.ts'
import type { Repair } from '../repair/repair.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { lookAgain } from '../suspects/pending-suspect.ts'
import { lookUpBothSides } from '../verify/both-sides.ts'
import { unlessExpired } from '../verify/expired-items.ts'
import { type BothSides, standingOfItems } from '../verify/sides.ts'
import { isDifference, judge, type Suspicion } from '../verify/verdict.ts'
import type { Written } from '../write/write-attempt.ts'
import { type KeyWork, keyTask, listedKeys } from './key-task.ts'

export const compareListed = keyTask(comparing)

interface Listed {
  readonly key: KeyText
}

function comparing(
  { keys }: ListedTask,
  replicaTask: ReplicaTask,
  repair: Repair,
): KeyWork<Listed, BothSides | Unread> {
  const { recheckPolicy, batchReadLimit } = replicaTask.thread.setup
  const listed = listedKeys(replicaTask)
  return {
    ...listed,
    // Keys that wait for a recheck are not written here, so their reads may grow old.
    batchSize: () => (recheckPolicy.looksAgain ? batchReadLimit : listed.batchSize()),
    keys: keys.map((key) => ({ key })),
    read: (texts) => lookUpBothSides(replicaTask, texts),
    end: ({ key }, sides) => endOne(replicaTask, repair, key, sides),
  }
}

function endOne(
  replicaTask: ReplicaTask,
  repair: Repair,
  ...[key, sides]: [key: KeyText, sides: BothSides | Unread]
): MaybeValue<Written> {
  const { thread } = replicaTask
  // Nothing is known of the key yet; if it cannot be read, it is reported as this.
  const suspicion: Suspicion = { key, looks: 'differing', ground: 'list' }
  if (isUnread(sides)) return repair.outcomes.unread(suspicion, sides)
  const judged = judge(suspicion, standingOfItems(sides, thread.comparer)).verdict
  const verdict = unlessExpired(replicaTask, judged, sides)
  const { master, replica } = sides
  if (!isDifference(verdict) || !thread.setup.recheckPolicy.looksAgain) {
    return repair.settle({ verdict, key, master, replica })
  }
  return lookAgain(replicaTask, { ...suspicion, looks: verdict }, sides)?.then(() => undefined)
}

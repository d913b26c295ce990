/** Applies a reviewed plan: reads each key again, and repairs it if it is still as planned. */
import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import type { SeenSides } from '../../lib/model/pending-recheck.ts'
import type { ApplyTask, PlannedKey } from '../../lib/protocol/tasks.ts'
import type { MaybeValue } from '../concurrency/maybe-promise.ts'
import type { Repair } from '../repair/repair.ts'
import type { Expected } from '../repair/repair-writes.ts'
import {
  hasLanded,
  intentOf,
  isFiltered,
  isHalfWritten,
  type ReplicaTask,
} from '../replica-task.ts'
import { lookUpBothSides } from '../verify/both-sides.ts'
import { CHANGED, type Found, torn } from '../verify/ending.ts'
import { unlessExpired } from '../verify/expired-items.ts'
import { type BothSides, digestsOf } from '../verify/sides.ts'
import { relationOf, standingOf } from '../verify/verdict.ts'
import type { Written } from '../write/write-attempt.ts'
import { type KeyWork, keyTask, listedKeys } from './key-task.ts'

export const applyKeys = keyTask(applying)

function applying(
  { keys }: ApplyTask,
  replicaTask: ReplicaTask,
  repair: Repair,
): KeyWork<PlannedKey, BothSides | Unread> {
  const { origins } = replicaTask.thread
  return {
    ...listedKeys(replicaTask),
    keys: keys.map(({ masterKey, ...planned }) =>
      masterKey === undefined
        ? planned
        : { ...planned, key: origins.withOrigin(planned.key, masterKey) },
    ),
    read: (texts) => lookUpBothSides(replicaTask, texts),
    end: (planned, sides) => applyOne(replicaTask, repair, planned, sides),
  }
}

function applyOne(
  replicaTask: ReplicaTask,
  repair: Repair,
  planned: PlannedKey,
  sides: BothSides | Unread,
): MaybeValue<Written> {
  const { key, kind } = planned
  const { count, thread } = replicaTask
  if (isUnread(sides)) return repair.outcomes.unread({ key, looks: kind }, sides)
  const now = digestsOf(sides, thread.comparer)
  if (now.master === null && now.replica === null) {
    count.state('vanished')
    return undefined
  }
  const relation = relationOf(standingOf(now))
  // What a write of ours left is not as planned; a half-written item has to be completed.
  const isOurs =
    isHalfWritten(replicaTask, key, sides.replica) || hasLanded(replicaTask, key, sides.replica)
  if (now.master === null && !isOurs && isFiltered(replicaTask)) {
    count.state('vanished')
    return undefined
  }
  if (relation !== 'sameAs' && !isOurs && !isStillTrue(planned, now)) {
    const found: Found = { verdict: kind, key, ...sides }
    const wasHalfWritten = intentOf(replicaTask, key)?.parts !== undefined
    if (!wasHalfWritten || sides.replica === undefined) return repair.outcomes.changed(found)
    count.state(kind)
    return repair.outcomes.conclude(torn(CHANGED), found)
  }
  const verdict = relation === 'sameAs' ? relation : unlessExpired(replicaTask, kind, sides)
  const expected: Expected = {
    ending: CHANGED,
    isStillTrue: (kind, seen) => kind === planned.kind && isStillTrue(planned, seen),
  }
  return repair.settle({ verdict, key, ...sides }, expected)
}

function isStillTrue({ kind, seen }: PlannedKey, now: SeenSides): boolean {
  if (relationOf(standingOf(now)) !== kind) return false
  return seen === undefined || (seen.master === now.master && seen.replica === now.replica)
}

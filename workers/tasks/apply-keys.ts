/** A reviewed repair, carried out: each key read again, and repaired where it is still as it was planned. */

import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import type { SeenSides } from '../../lib/model/pending-recheck.ts'
import { zeroTally } from '../../lib/model/tally.ts'
import type {
  ApplyTask,
  PlannedKey,
  ReplicaFailure,
  SegmentReport,
} from '../../lib/protocol/messages.ts'
import type { SegmentControl } from '../coordinator.ts'
import { noteEnd } from '../failing.ts'
import { readBack } from '../repair/read-back.ts'
import { type Expected, Repair } from '../repair/repair.ts'
import { tellEnding } from '../repair/told-differences.ts'
import type { Written } from '../repair/write-attempt.ts'
import {
  hasLanded,
  intentOf,
  investigationOf,
  isHalfWritten,
  type ReplicaTask,
} from '../replica-task.ts'
import { settleAll } from '../settle-all.ts'
import type { Thread } from '../thread-context.ts'
import { lookUpBothSides } from '../verify/both-sides.ts'
import { CHANGED, torn } from '../verify/ending.ts'
import { unlessExpired } from '../verify/expired-items.ts'
import { type BothSides, digestsOf } from '../verify/sides.ts'
import { relationOf, standingOf } from '../verify/verdict.ts'

export async function applyPlan(
  task: ApplyTask,
  thread: Thread,
  control: SegmentControl,
): Promise<SegmentReport> {
  const { replica, keys } = task
  const tally = zeroTally([replica])
  const replicaTask = investigationOf(replica, task, thread, control, tally)
  // What the reviewed run has scanned stands for a scan of this one.
  replicaTask.tally.offered = keys.length
  const failures: ReplicaFailure[] = []
  try {
    await applyAll(replicaTask, keys)
  } catch (error) {
    noteEnd(error, replicaTask, failures)
  }
  await control.allTold()
  return { tally, end: replicaTask.wasCutShort ? 'stopped' : 'finished', failures }
}

async function applyAll(replicaTask: ReplicaTask, planned: readonly PlannedKey[]): Promise<void> {
  const { tally } = replicaTask
  const repair = new Repair(replicaTask)
  const keys = planned.map(({ key }) => key)
  const sides = await lookUpBothSides(replicaTask, keys).catch((error: unknown) => {
    tally.unverified += planned.length
    throw error
  })
  const written: Written[] = []
  await settleAll(
    planned.map(async (one) => {
      const done = await applyOne(replicaTask, repair, one, sides(one.key))
      if (done !== undefined) written.push(done)
    }),
  )
  await readBack(replicaTask, repair, written)
}

async function applyOne(
  replicaTask: ReplicaTask,
  repair: Repair,
  planned: PlannedKey,
  sides: BothSides | Unread,
): Promise<Written | undefined> {
  const { key, kind } = planned
  if (isUnread(sides)) return repair.outcomes.leaveUnread({ key, looks: kind }, sides)
  const now = digestsOf(sides, replicaTask.thread.comparer)
  if (now.master === null && now.replica === null) {
    replicaTask.tally.vanished++
    return undefined
  }
  const relation = relationOf(standingOf(now))
  // What a write of ours has left is not as it was planned; half-way it has to be made whole.
  const isOurs =
    isHalfWritten(replicaTask, key, sides.replica) || hasLanded(replicaTask, key, sides.replica)
  if (relation !== 'sameAs' && !isOurs && !isStillTrue(planned, now)) {
    const wasHalfWritten = intentOf(replicaTask, key)?.parts !== undefined
    if (!wasHalfWritten || sides.replica === undefined) {
      await tellChanged(replicaTask, planned, sides)
      return undefined
    }
    replicaTask.tally[kind]++
    return repair.outcomes.conclude(torn(CHANGED), { verdict: kind, key, ...sides })
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

async function tellChanged(
  replicaTask: ReplicaTask,
  { key, kind }: PlannedKey,
  sides: BothSides,
): Promise<void> {
  replicaTask.tally.changed++
  await tellEnding(replicaTask, { verdict: kind, key, ...sides }, CHANGED)
}

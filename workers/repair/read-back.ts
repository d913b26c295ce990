/**
 * Reads written keys again on both sides: no condition can see everything.
 *
 * The master may have deleted the item between our read and our put. Then the put is a ghost, and
 * is taken back as long as the item is still ours. (What the replica had before and we have updated
 * stays: to delete it is another wish.) The master may have created an equal item again under our
 * deletion: it is put back. The master may have moved on where nobody replicates: the item is
 * repaired again, once both sides have stood still.
 */
import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { PendingRecheck } from '../../lib/model/pending-recheck.ts'
import { HookFailure } from '../hook-calls.ts'
import { isFiltered, type ReplicaTask } from '../replica-task.ts'
import { lookUpBothSides } from '../verify/both-sides.ts'
import { type Found, failed, hookFailed, type RepairEnding, withWord } from '../verify/ending.ts'
import { relationUnderRules } from '../verify/relation.ts'
import { type BothSides, DigestsWhenAsked } from '../verify/sides.ts'
import { notWhole } from '../verify/unwritable-places.ts'
import { movedOn } from '../verify/verdict.ts'
import type { Written } from '../write/write-attempt.ts'
import { foundUnread } from './outcomes.ts'
import type { Repair } from './repair.ts'

/** Reads written keys at once, as far as the budget goes, and queues them for a later look. */
export async function readBack(
  replicaTask: ReplicaTask,
  repair: Repair,
  written: readonly Written[],
): Promise<void> {
  const { thread, replica, tell } = replicaTask
  if (!thread.setup.recheckPolicy.looksAgain) return
  const drawn = written.filter(() => thread.budget.claimReadBack(replica))
  if (drawn.length === 0) return
  const seen = await lookUpBothSides(
    replicaTask,
    drawn.map(({ key }) => key),
  )
  for (const one of drawn) {
    const first = pendingWritten(one, 0)
    const sides = seen(one.key)
    if (isUnread(sides)) {
      await notReadBack(repair, first, sides)
      continue
    }
    const look = await lookAtWritten(replicaTask, repair, first, sides)
    const pending = look === 'held' ? first : look
    if (pending !== undefined) await tell({ type: 'look-again', replica, pending })
  }
}

/**
 * Judges a written key by what both sides hold now, and repairs it again if the write was
 * overtaken. `held`: the sides are equal. A pending recheck: it has to be looked at again. Undefined:
 * nothing is left to do.
 */
export async function lookAtWritten(
  replicaTask: ReplicaTask,
  repair: Repair,
  pending: PendingRecheck,
  sides: BothSides,
): Promise<'held' | PendingRecheck | undefined> {
  const { comparer, setup } = replicaTask.thread
  const { key, moves, wrote = { left: null } } = pending
  const { left } = wrote
  const now = new DigestsWhenAsked(sides, comparer)
  const relation = await relationUnderRules(replicaTask, sides, key).catch((error: unknown) => {
    if (error instanceof HookFailure) return error
    throw error
  })
  if (relation instanceof HookFailure) {
    const found: Found = { key, verdict: 'differing', ...sides }
    return repair.outcomes.trouble('failed', found, hookFailed(relation))
  }
  if (relation === 'sameAs') return 'held'
  const isOurs = now.replica === left
  // The master lacks it, and it is not ours to delete: others put it, or it was there before.
  if (relation === 'extra' && !(isOurs && wrote.isPut)) {
    // An item that stops matching a filter is no sign that its update did not hold.
    return isOurs && isFiltered(replicaTask) ? 'held' : undefined
  }
  if (moves >= setup.recheckPolicy.attempts) {
    const error = 'it was written, and kept changing after that'
    const found: Found = { key, verdict: relation, ...sides }
    return repair.outcomes.trouble('conflicts', found, { action: 'conflict', error })
  }
  const isGhostOrHole = isOurs && (now.master === null || now.replica === null)
  const stoodStill = now.master === pending.master && now.replica === pending.replica
  if (!isGhostOrHole && !stoodStill) return movedOn(pending, now, Date.now())
  const heldBack = wholeItemLeft(replicaTask, relation)
  if (heldBack !== undefined) {
    return repair.outcomes.trouble('conflicts', { key, verdict: relation, ...sides }, heldBack)
  }
  const mended = await repair.writes.mend({ key, verdict: relation, ...sides }, wrote)
  if (mended === 'refused') return movedOn(pending, now, Date.now())
  return mended && pendingWritten(mended, moves + 1)
}

/** Why a written item is not put again or taken back where parts of items are not compared. */
function wholeItemLeft(
  { thread: { compared, setup }, replica }: ReplicaTask,
  relation: DifferenceKind,
): RepairEnding | undefined {
  if (relation === 'missing' && !setup.putsWhole) return notWhole('put', replica)
  const isToDelete = relation === 'extra' && !setup.write.extra
  return isToDelete && !compared.isFlat ? notWhole('taken back', replica) : undefined
}

/** The pending recheck of what a write has left; its clock starts with the write. */
function pendingWritten(written: Written, moves: number): PendingRecheck {
  const left = written.left()
  return {
    key: written.key,
    looks: left === null ? 'extra' : 'differing',
    ground: 'key',
    master: left,
    replica: left,
    versions: left === null ? [] : [left],
    since: Date.now(),
    moves,
    wrote: { left, isPut: written.isPut },
  }
}

/** Reports a key that was written, of which nobody knows whether the write has held. */
export function notReadBack(
  { outcomes }: Repair,
  { key, looks }: Pick<PendingRecheck, 'key' | 'looks'>,
  { error }: Unread,
): Promise<undefined> {
  const ending = withWord(failed(error), 'it was written, and not read back')
  return outcomes.trouble('failed', foundUnread(looks, key), ending)
}

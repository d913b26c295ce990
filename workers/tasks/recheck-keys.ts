/** Keys under recheckPolicy, looked at again: verdicts for those that stood still, and a later look for the others. */
import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import { asTablesyncError } from '../../lib/errors.ts'
import type { PendingRecheck } from '../../lib/model/pending-recheck.ts'
import { zeroTally } from '../../lib/model/tally.ts'
import type { RecheckTask, ReplicaFailure, SegmentReport } from '../../lib/protocol/messages.ts'
import type { SegmentControl } from '../coordinator.ts'
import { noteEnd } from '../failing.ts'
import type { MaybeValue } from '../maybe-promise.ts'
import { lookAtWritten, notReadBack, readBack } from '../repair/read-back.ts'
import { Repair } from '../repair/repair.ts'
import type { Written } from '../repair/write-attempt.ts'
import { investigationOf, type ReplicaTask } from '../replica-task.ts'
import { settleEach } from '../settle-all.ts'
import type { Thread } from '../thread-context.ts'
import { lookUpBothSides } from '../verify/both-sides.ts'
import { endsTable } from '../verify/ending.ts'
import { unlessExpired } from '../verify/expired-items.ts'
import { type BothSides, digestsLike, digestsOf, standingOfItems } from '../verify/sides.ts'
import { isDifference, judge, movedOn, sinceThen } from '../verify/verdict.ts'

export async function recheck(
  task: RecheckTask,
  thread: Thread,
  control: SegmentControl,
): Promise<SegmentReport> {
  const { replica, sightings } = task
  const tally = zeroTally([replica])
  const replicaTask = investigationOf(replica, task, thread, control, tally)
  const failures: ReplicaFailure[] = []
  try {
    await recheckAll(replicaTask, sightings)
  } catch (error) {
    noteEnd(error, replicaTask, failures)
  }
  await control.allTold()
  // What was left since the run is to end is looked at again by one that takes it up.
  return { tally, end: replicaTask.wasCutShort ? 'stopped' : 'finished', failures }
}

/**
 * In batches of as many keys as one request takes; one that fails does so for
 * itself, unless its table is lost.
 */
async function recheckAll(
  replicaTask: ReplicaTask,
  sightings: readonly PendingRecheck[],
): Promise<void> {
  const { tally, thread } = replicaTask
  const { batchReadLimit } = thread.setup
  let failure: { readonly error: unknown } | undefined
  tally.pending -= suspectsIn(sightings)
  for (let at = 0; at < sightings.length; at += batchReadLimit) {
    const isLost = failure !== undefined && endsTable(asTablesyncError(failure.error))
    if (isLost || replicaTask.isOver()) {
      const rest = suspectsIn(sightings.slice(at))
      // A run that goes on with this one has them still before it.
      if (replicaTask.stopping.aborted && !isLost) tally.pending += rest
      else tally.unverified += rest
      replicaTask.wasCutShort = true
      break
    }
    const batch = sightings.slice(at, at + batchReadLimit)
    await recheckBatch(replicaTask, batch).catch((error: unknown) => {
      failure ??= { error }
    })
  }
  if (failure !== undefined) throw failure.error
}

const suspectsIn = (sightings: readonly PendingRecheck[]) => sightings.filter(isSuspect).length

/** Whether the replica was asked for it and had none, and not only its scan. */
const wasRead = ({ replica, isInferred }: PendingRecheck) => replica === null && isInferred !== true

/** Those that were written are looked back at. */
const isSuspect = ({ wrote }: PendingRecheck) => wrote === undefined

async function recheckBatch(
  replicaTask: ReplicaTask,
  batch: readonly PendingRecheck[],
): Promise<void> {
  const keys = batch.map(({ key }) => key)
  const seen = await lookUpBothSides(replicaTask, keys).catch((error: unknown) => {
    replicaTask.tally.unverified += suspectsIn(batch)
    throw error
  })
  const repair = new Repair(replicaTask)
  const written = await settleEach(batch, (sighting) => {
    const sides = seen(sighting.key)
    if (isSuspect(sighting)) return conclude(replicaTask, repair, sighting, sides)
    return lookBack(replicaTask, repair, sighting, sides)
  })
  await readBack(replicaTask, repair, written)
}

async function lookBack(
  replicaTask: ReplicaTask,
  repair: Repair,
  sighting: PendingRecheck,
  sides: BothSides | Unread,
): Promise<undefined> {
  const { tally, tell, replica } = replicaTask
  if (isUnread(sides)) return notReadBack(replicaTask, sighting, sides)
  const look = await lookAtWritten(replicaTask, repair, sighting, sides)
  if (look === 'held') tally.readBack++
  else if (look !== undefined) await tell({ type: 'look-again', replica, sighting: look })
}

function conclude(
  replicaTask: ReplicaTask,
  repair: Repair,
  sighting: PendingRecheck,
  sides: BothSides | Unread,
): MaybeValue<Written> {
  const { thread, tally, tell, replica } = replicaTask
  if (isUnread(sides)) return repair.outcomes.leaveUnread(sighting, sides)
  const { comparer, setup } = thread
  const judged = judge(sighting, standingOfItems(sides, comparer)).verdict
  // It was read there by its key, and not found: it has come since.
  const hasCome = judged === 'sameAs' && sighting.looks === 'missing' && wasRead(sighting)
  const found = hasCome ? 'converged' : judged
  const verdict = unlessExpired(replicaTask, found, sides)
  const settled = { key: sighting.key, master: sides.master, replica: sides.replica }
  if (!isDifference(verdict)) return repair.settle({ verdict, ...settled })
  const now = digestsLike(sighting, sides, comparer)
  const became = sinceThen(sighting, now)
  // Where orders are not what they seem, nobody knows since when the side lacks the item.
  const isDoubtful = sighting.isInferred && !thread.orderRecord.isFlawless(replica)
  if (became === 'stood-still' && !isDoubtful) return repair.settle({ verdict, ...settled })
  if (became === 'converged') return repair.settle({ verdict: 'converged', ...settled })
  const moved = movedOn(sighting, digestsOf(sides, comparer), Date.now())
  if (moved.moves >= setup.recheckPolicy.attempts) {
    tally.unverified++
    return undefined
  }
  tally.pending++
  return tell({ type: 'look-again', replica, sighting: moved })?.then(() => undefined)
}

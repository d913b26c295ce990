/** Deletes what is still extra, after all comparing: every key is read again on both sides first. */
import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import type { KeyText } from '../../lib/item/key.ts'
import { type ReplicaTally, zeroTally } from '../../lib/model/tally.ts'
import type {
  DeleteTask,
  ExtraKey,
  ReplicaFailure,
  SegmentReport,
} from '../../lib/protocol/messages.ts'
import type { SegmentControl } from '../coordinator.ts'
import { noteEnd } from '../failing.ts'
import { readBack } from '../repair/read-back.ts'
import { type Expected, Repair } from '../repair/repair.ts'
import { tellEnding } from '../repair/told-differences.ts'
import type { Written } from '../repair/write-attempt.ts'
import { investigationOf } from '../replica-task.ts'
import { settleAll } from '../settle-all.ts'
import type { Thread } from '../thread-context.ts'
import { lookUpBothSides } from '../verify/both-sides.ts'
import { CHANGED, type Found, failed, LEFT, type RepairEnding } from '../verify/ending.ts'

/** Small, since the items of a batch are held until they are deleted. */
const BATCH = 25

export async function deleteExtras(
  task: DeleteTask,
  thread: Thread,
  control: SegmentControl,
): Promise<SegmentReport> {
  const { replica, extras, isPlanned } = task
  const tally = zeroTally([replica])
  const replicaTask = investigationOf(replica, task, thread, control, tally)
  const repair = new Repair(replicaTask)
  const failures: ReplicaFailure[] = []
  const batchSize = Math.min(BATCH, thread.setup.batchReadLimit)
  // A refusal is not passed over: what follows may be refused as well, and ought to be looked at first.
  const isOver = () => control.stopping.aborted || replicaTask.tally.failed > 0
  const left = new Set(extras.map(({ key }) => key))
  let ended = 0
  try {
    for (let at = 0; at < extras.length && !isOver(); at += at === 0 ? 1 : batchSize) {
      // The first goes alone: where it is refused, so may all be.
      const batch = extras.slice(at, at + (at === 0 ? 1 : batchSize))
      const seen = await lookUpBothSides(
        replicaTask,
        batch.map(({ key }) => key),
      )
      const deleted: Written[] = []
      const before = endsIn(replicaTask.tally)
      await settleAll(
        batch.map(async (extra) => {
          const { key } = extra
          left.delete(key)
          const sides = seen(key)
          if (isUnread(sides)) return failToRead(key, sides)
          const found: Found = { verdict: 'extra', key, ...sides }
          const done = await repair.end(found, expecting(extra, isPlanned ? CHANGED : MOVED))
          if (done !== undefined) deleted.push(done)
        }),
      ).finally(() => {
        // What is read back after it is counted there.
        ended += endsIn(replicaTask.tally) - before
      })
      await readBack(replicaTask, repair, deleted)
      control.progress(tally)
    }
  } catch (error) {
    noteEnd(error, replicaTask, failures)
  }
  async function failToRead(key: KeyText, { error }: Unread): Promise<void> {
    const found: Found = { verdict: 'extra', key, master: undefined, replica: undefined }
    await repair.outcomes.conclude(failed(error), found)
  }

  for (const key of left) {
    const found = { verdict: 'extra', key, master: undefined, replica: undefined } as const
    await tellEnding(replicaTask, found, LEFT)
  }
  await control.allTold()
  return {
    tally,
    end: left.size > 0 || replicaTask.wasCutShort ? 'stopped' : 'finished',
    failures,
    ended,
    ...(replicaTask.refusal !== undefined && { refusal: replicaTask.refusal }),
  }
}

/** An extra is deleted as it was found; one that was written since is somebody's. */
function expecting({ seen }: ExtraKey, ending: RepairEnding): Expected {
  return { ending, isStillTrue: (_kind, now) => now.replica === seen }
}

const MOVED = {
  action: 'conflict',
  error: 'it has changed since it was found to be extra',
} as const

/** Every extra that a deletion came to is one of these. */
const endsIn = ({ deleted, resolved, conflicts, failed, torn, changed }: ReplicaTally) =>
  deleted + resolved + conflicts + failed + torn + changed

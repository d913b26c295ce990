/** Deletes what is still extra, after all comparing: every key is read again on both sides first. */
import { zeroTally } from '../model/tally.ts'
import type { DeleteTask, ReplicaFailure, SegmentReport } from '../protocol/messages.ts'
import { toWire } from '../protocol/wire-error.ts'
import { allEnded } from './all-ended.ts'
import type { Written } from './attempts.ts'
import { lookUpBothSides } from './both-sides.ts'
import type { SegmentControl } from './control.ts'
import { LEFT, tellEnding } from './endings.ts'
import { investigationOf } from './investigation.ts'
import { readBack } from './read-back.ts'
import { Repair } from './repair.ts'
import type { Thread } from './thread.ts'

/** Small, since the items of a batch are held until they are deleted. */
const BATCH = 25

export async function deleteExtras(
  { replica, keys }: DeleteTask,
  thread: Thread,
  control: SegmentControl,
): Promise<SegmentReport> {
  const tally = zeroTally([replica])
  const investigation = investigationOf(replica, 'delete', thread, control, tally)
  const repair = new Repair(investigation)
  const failures: ReplicaFailure[] = []
  const batchSize = Math.min(BATCH, thread.setup.batchReadLimit)
  const left = new Set(keys)
  try {
    for (let at = 0; at < keys.length && !control.stopping.aborted; at += batchSize) {
      const batch = keys.slice(at, at + batchSize)
      const seen = await lookUpBothSides(investigation, batch)
      const deleted: Written[] = []
      await allEnded(
        batch.map(async (key) => {
          left.delete(key)
          const done = await repair.end({ verdict: 'extra', key, ...seen(key) })
          if (done !== undefined) deleted.push(done)
        }),
      )
      await readBack(investigation, repair, deleted)
      control.progress(tally)
    }
  } catch (error) {
    failures.push({ replica, error: toWire(error) })
  }
  for (const key of left) {
    const found = { verdict: 'extra', key, master: undefined, replica: undefined } as const
    await tellEnding(investigation, found, LEFT)
  }
  await control.allTold()
  return { tally, end: control.stopping.aborted ? 'stopped' : 'finished', failures }
}

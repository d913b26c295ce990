/** Tasks that are begun again where their thread died, or stood still: once. */
import type { SegmentReport, SegmentTask } from '../protocol/messages.ts'
import type { Desk, Entering } from './desk.ts'

const TRIES = 2

/**
 * @param taskNow the task as it is to be begun now, or undefined where it is not any more
 * @returns undefined where it was not to be begun; `died` where no thread has come through it
 */
export async function withSecondTry(
  desk: Desk,
  taskNow: () => SegmentTask | undefined,
  entering?: Entering,
): Promise<SegmentReport | 'died' | undefined> {
  for (let tries = 0; tries < TRIES; ) {
    const task = taskNow()
    if (task === undefined) return undefined
    const end = await desk.carryOut(task, entering)
    if (typeof end !== 'string') return end
    // One that went down with another's thread has not failed by itself.
    if (end === 'died') tries++
  }
  return 'died'
}

/** What keys come to: counted, told, and left to the user's rules where those have a say. */
import type { Unread } from '../../lib/dynamo/lookup-result.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import type { ReplicaTask } from '../replica-task.ts'
import {
  COUNTED_AS,
  endsKey,
  type Found,
  failed,
  hookFailed,
  LEFT,
  PLANNED,
  type RepairEnding,
  unverified,
} from '../verify/ending.ts'
import { conflictOfVersions } from '../verify/relation.ts'
import { digestOf } from '../verify/sides.ts'
import type { Suspicion } from '../verify/verdict.ts'
import { tellEnding } from './told-differences.ts'
import type { Written } from './write-attempt.ts'

/** A key, and what the first look made of it. */
export type UnreadKey = Pick<Suspicion, 'key' | 'looks'>

export class Outcomes {
  readonly #replicaTask: ReplicaTask

  constructor(replicaTask: ReplicaTask) {
    this.#replicaTask = replicaTask
  }

  /** A difference whose write has landed, though nobody lived to count it; it was allowed when it was sent. */
  async landed(found: Found): Promise<Written | undefined> {
    const { tally, thread } = this.#replicaTask
    tally[found.verdict]++
    const left = () => digestOf(found.replica, thread.comparer)
    const action = found.verdict === 'extra' ? 'deleted' : 'written'
    return this.conclude(
      { action, left, ...(found.verdict === 'missing' && { isPut: true }) },
      found,
    )
  }

  /** Counts and names a key that could not be read: nothing is known of it. */
  async leaveUnread({ key, looks }: UnreadKey, unread: Unread): Promise<undefined> {
    const { tally } = this.#replicaTask
    tally.unverified++
    const found: Found = { verdict: looks, key, master: undefined, replica: undefined }
    await tellEnding(this.#replicaTask, found, unverified(unread))
  }

  /** Whether the user's rules take a pair for the same that is not equal. */
  async isAlike({ verdict, key, master, replica }: Found): Promise<boolean> {
    const { differ } = this.#replicaTask.thread.rules
    if (differ === undefined || verdict !== 'differing') return false
    return master !== undefined && replica !== undefined && !(await differ(master, replica, key))
  }

  /** Lets whoever wants to hear of it know of an equal pair. */
  match({ key, master, replica }: Omit<Found, 'verdict'>): Promise<undefined> | undefined {
    const { thread, door, tally } = this.#replicaTask
    const { matches } = thread.rules
    if (matches === undefined || master === undefined || replica === undefined) return undefined
    return matches({ master, replica }, door.table.access.label, key).then(
      () => undefined,
      async (error: Error) => {
        tally.failed++
        const found: Found = { verdict: 'differing', key, master, replica }
        await tellEnding(this.#replicaTask, found, hookFailed(error))
        return undefined
      },
    )
  }

  /** Counts a difference that a hook has failed over, or that could not be read again after one. */
  async fail(found: Found, error: Error): Promise<undefined> {
    const { tally } = this.#replicaTask
    tally[found.verdict]++
    const ending = endsKey(error) ? failed(error) : hookFailed(error)
    await this.conclude(ending, found)
  }

  /** Counts and tells a difference that the user's rules leave as it is; false where they do not. */
  async maySkip(found: Found): Promise<boolean> {
    const { thread, door, tally } = this.#replicaTask
    const { mayRepair } = thread.rules
    if (mayRepair === undefined || (await mayRepair(found, door.table.access.label))) return false
    tally[found.verdict]++
    tally.skipped++
    await this.tellLeft(found)
    return true
  }

  async conclude(ending: RepairEnding, found: Found): Promise<Written | undefined> {
    const { tally } = this.#replicaTask
    tally[COUNTED_AS[ending.action]]++
    if (ending.action === 'failed') this.#replicaTask.refusal ??= ending.error
    if ('isPartial' in ending) tally.partial++
    // States of their own: it is not the difference that was counted.
    if (ending.action === 'changed' || ending.action === 'unverified') tally[found.verdict]--
    await tellEnding(this.#replicaTask, found, ending)
    if (!('left' in ending)) return undefined
    return { key: found.key, left: ending.left, isPut: ending.isPut === true }
  }

  /** In a dry run it may be that it would have been repaired, or that it could not be. */
  tellUnasked(found: Found): MaybePromise {
    const { setup } = this.#replicaTask.thread
    const conflict = conflictOfVersions(this.#replicaTask, found)
    if (conflict !== undefined) return this.conclude(conflict, found).then(() => undefined)
    const isPlanned = setup.asked[found.verdict] && !setup.write[found.verdict]
    return tellEnding(this.#replicaTask, found, isPlanned ? PLANNED : LEFT)
  }

  /** `mayHaveLanded`: it was sent, and the answer was lost; then it is not told as left. */
  async tellCutShort(found: Found, mayHaveLanded = false): Promise<undefined> {
    this.#replicaTask.wasCutShort = true
    if (mayHaveLanded) await this.conclude(ANSWER_LOST, found)
    else await this.tellLeft(found)
  }

  tellLeft(found: Found): MaybePromise {
    return tellEnding(this.#replicaTask, found, LEFT)
  }
}

const ANSWER_LOST = {
  action: 'failed',
  error: 'the answer to its write was lost, and the run was ended',
} as const

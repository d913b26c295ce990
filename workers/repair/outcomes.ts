/** The outcomes of keys: counts and reports them, and calls the user's hooks where those decide. */
import type { Unread } from '../../lib/dynamo/lookup-result.ts'
import type { TablesyncError } from '../../lib/errors.ts'
import { withoutOrigin } from '../../lib/item/key-origin.ts'
import { toWire } from '../../lib/protocol/wire-error.ts'
import type { MaybePromise } from '../concurrency/maybe-promise.ts'
import type { ReplicaTask } from '../replica-task.ts'
import {
  CHANGED,
  endsKey,
  type Found,
  failed,
  hookFailed,
  LEFT,
  type Outcome,
  PLANNED,
  type RepairEnding,
  unverified,
} from '../verify/ending.ts'
import { conflictOfVersions } from '../verify/relation.ts'
import { digestOf } from '../verify/sides.ts'
import { conflictOfPlaces } from '../verify/unwritable-places.ts'
import type { Suspicion } from '../verify/verdict.ts'
import type { Written } from '../write/write-attempt.ts'
import { cleanEnding } from './clean-ending.ts'
import { reportEnding } from './reported-endings.ts'

export class Outcomes {
  readonly #replicaTask: ReplicaTask
  #refusal: string | undefined

  constructor(replicaTask: ReplicaTask) {
    this.#replicaTask = replicaTask
  }

  /** Why the first repair that failed did. Undefined: no repair has failed. */
  get refusal(): string | undefined {
    return this.#refusal
  }

  /** Counts a difference whose write had landed when its thread died; it was claimed when sent. */
  async landed(found: Found): Promise<Written | undefined> {
    const { count, thread } = this.#replicaTask
    count.state(found.verdict)
    const left = () => digestOf(found.replica, thread.comparer)
    const action = found.verdict === 'extra' ? 'deleted' : 'written'
    return this.conclude(
      { action, left, ...(found.verdict === 'missing' && { isPut: true }) },
      found,
    )
  }

  /** Counts and reports a key that could not be read: nothing is known of it. */
  async unread(
    { key, looks }: Pick<Suspicion, 'key' | 'looks'>,
    unread: Unread,
  ): Promise<undefined> {
    this.#replicaTask.count.state('unverified')
    await this.#report(foundUnread(looks, key), unverified(unread))
  }

  /** Counts and reports an item of the master whose key cannot be told. */
  async nameless(error: TablesyncError): Promise<undefined> {
    const { count, tell, replica } = this.#replicaTask
    count.state('unverified')
    await tell({ type: 'key-left', replica, end: 'unverified', error: toWire(error) })
  }

  /** Whether the user's hook says that a pair whose items are not equal is no difference. */
  async isAlike({ verdict, key, master, replica }: Found): Promise<boolean> {
    const { differ } = this.#replicaTask.thread.rules
    if (differ === undefined || verdict !== 'differing') return false
    return master !== undefined && replica !== undefined && !(await differ(master, replica, key))
  }

  /** Calls the user's hook for an equal pair. */
  match({ key, master, replica }: Outcome): Promise<undefined> | undefined {
    const { thread, client } = this.#replicaTask
    const { matches } = thread.rules
    if (matches === undefined || master === undefined || replica === undefined) return undefined
    return matches({ master, replica }, client.table.access.label, key).then(
      () => undefined,
      (error: Error) => {
        const found: Found = { verdict: 'differing', key, master, replica }
        return this.trouble('failed', found, hookFailed(error))
      },
    )
  }

  /** Counts a difference on which a hook failed, or that could not be read again after a hook. */
  async fail(found: Found, error: Error): Promise<undefined> {
    this.#replicaTask.count.state(found.verdict)
    const ending = endsKey(error) ? failed(error) : hookFailed(error)
    await this.conclude(ending, found)
  }

  /** Asks the user's hook whether to leave a difference; counts and reports it if so. */
  async maySkip(found: Found): Promise<boolean> {
    const { thread, client, count } = this.#replicaTask
    const { mayRepair } = thread.rules
    if (mayRepair === undefined || (await mayRepair(found, client.table.access.label))) return false
    count.skipped(found.verdict)
    await this.left(found)
    return true
  }

  /** Counts and reports how the repair of a counted difference ended. */
  async conclude(ended: RepairEnding, found: Found): Promise<Written | undefined> {
    const { count } = this.#replicaTask
    const ending = cleanEnding(this.#replicaTask, found, ended)
    count.ended(found.verdict, ending)
    if ('isPartial' in ending) count.partial()
    if (ending.action === 'failed') this.#refusal ??= ending.error
    await reportEnding(this.#replicaTask, found, ending)
    if (!('left' in ending)) return undefined
    return { key: found.key, left: ending.left, isPut: ending.isPut === true }
  }

  /** Counts and reports a key that an undo has restored, or could not restore. */
  async undone(found: Found, ending: RepairEnding): Promise<void> {
    const { count } = this.#replicaTask
    count.state(found.verdict)
    count.ended(found.verdict, ending)
    await this.#report(found, ending)
  }

  /** Counts and reports items that were put just now. */
  async put(founds: readonly (Found & { readonly verdict: 'missing' })[]): Promise<void> {
    const { thread, tell, replica, count } = this.#replicaTask
    count.written(founds.length)
    if (!thread.setup.tellDifferences) {
      await tell({ type: 'ended', replica, keys: founds.map(({ key }) => withoutOrigin(key)) })
      return
    }
    for (const found of founds) {
      const left = () => digestOf(found.master, thread.comparer)
      await this.#report(found, { action: 'written', left })
    }
  }

  /** Counts and reports a key of a plan that is not as it was planned. */
  async changed(found: Found): Promise<undefined> {
    this.#replicaTask.count.state('changed')
    await this.#report(found, CHANGED)
  }

  /** Counts and reports a written key that was overtaken, and was repaired again. */
  async mended(found: Found, ending: RepairEnding): Promise<void> {
    this.#replicaTask.count.mended()
    await this.#report(found, ending)
  }

  /** Counts and reports trouble with a key that is no difference, or that is counted as written. */
  async trouble(
    count: 'failed' | 'conflicts',
    found: Found,
    ending: RepairEnding,
  ): Promise<undefined> {
    this.#replicaTask.count.troubled(count)
    await this.#report(found, ending)
  }

  /**
   * Reports a counted difference that needs no write: in a dry run it may be reported as planned.
   */
  unasked(found: Found): MaybePromise {
    const { setup } = this.#replicaTask.thread
    const isAsked = found.verdict === 'differing' && setup.asked.differing
    const conflict =
      conflictOfVersions(this.#replicaTask, found) ??
      (isAsked ? conflictOfPlaces(this.#replicaTask, found) : undefined)
    if (conflict !== undefined) return this.conclude(conflict, found).then(() => undefined)
    const isPlanned = setup.asked[found.verdict] && !setup.write[found.verdict]
    return this.#report(found, isPlanned ? PLANNED : LEFT)
  }

  /**
   * Reports a counted difference that the run has no time left to repair.
   * `mayHaveLanded`: its write was sent and the answer was lost, so it is not reported as left.
   */
  async cutShort(found: Found, mayHaveLanded = false): Promise<undefined> {
    this.#replicaTask.wasCutShort = true
    if (mayHaveLanded) await this.conclude(ANSWER_LOST, found)
    else await this.left(found)
  }

  left(found: Found): MaybePromise {
    return this.#report(found, LEFT)
  }

  #report(found: Found, ending: RepairEnding | typeof LEFT | typeof PLANNED): MaybePromise {
    return reportEnding(this.#replicaTask, found, cleanEnding(this.#replicaTask, found, ending))
  }
}

/** What is known of a key that could not be read. */
export const foundUnread = (verdict: Found['verdict'], key: Found['key']): Found => ({
  verdict,
  key,
  master: undefined,
  replica: undefined,
})

const ANSWER_LOST = {
  action: 'failed',
  error: 'the answer to its write was lost, and the run was ended',
} as const

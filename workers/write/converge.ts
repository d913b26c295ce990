/**
 * Brings one item to its wanted state: one attempt after the other, with a new reading of the item
 * before each further one. The aim says what the next write is.
 */

import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import { isEnded } from '../../lib/dynamo/request/request-errors.ts'
import { pauseBeforeRetry } from '../../lib/dynamo/request/retry.ts'
import { asTablesyncError, TablesyncError } from '../../lib/errors.ts'
import type { SeenItem } from '../../lib/model/pending-recheck.ts'
import { HookFailure } from '../hook-calls.ts'
import type { ReplicaTask } from '../replica-task.ts'
import {
  conflict,
  endsTable,
  failed,
  KEPT_CHANGING,
  type RepairEnding,
  refusedAllTheSame,
  torn,
  unverified,
} from '../verify/ending.ts'
import type { Achieved, Aim, Convergence, Next, Writing } from './aim.ts'
import { type AttemptEnd, attempt } from './write-attempt.ts'

/** Refused conditions in a row after which an item is left as a conflict. */
export const MAX_REFUSALS = 5

/**
 * Writes until the item is as wanted. Every write is one attempt, on condition that the replica is
 * as it was read.
 *
 * @throws TablesyncError with code `ENDED` if nothing was written and the run is to end
 */
export function converge<Sides>(
  replicaTask: ReplicaTask,
  first: Sides,
  aim: Aim<Sides>,
): Promise<Convergence> {
  return new Course(replicaTask, first, aim).run()
}

class Course<Sides> {
  readonly #replicaTask: ReplicaTask
  readonly #aim: Aim<Sides>
  #sides: Sides
  #refusals = 0
  /** Whether each refused condition was seen to hold before and after. */
  #heldAllTheSame = true
  #retries = 0
  /** How many writes the table had accepted at the last throttled attempt. */
  #landedBefore: number
  #attempts = 0
  /** Why the last attempt did not end the work. */
  #trouble: TablesyncError | undefined
  /** After a lost answer a write may have landed: then "nothing left to do" is our own doing. */
  #done: Achieved
  #isHalfWay: boolean
  /** The last write, if its answer was lost: the next reading may tell whether it has landed. */
  #inDoubt: Writing | undefined
  /** Since a lost answer, the replica was always found as before: the write has not landed. */
  #neverMoved = false
  /** True: whether a part has landed will never be known. */
  #mayBeTorn: boolean
  /** Whether no other attempt may be made. */
  #isSpent = false
  #isPartial = false

  constructor(replicaTask: ReplicaTask, first: Sides, aim: Aim<Sides>) {
    this.#replicaTask = replicaTask
    this.#aim = aim
    this.#sides = first
    this.#done = aim.doneBefore
    this.#isHalfWay = aim.isHalfWay(first)
    this.#mayBeTorn = aim.wasInParts
    this.#landedBefore = replicaTask.client.streak.landedSoFar
  }

  async run(): Promise<Convergence> {
    for (;;) {
      const end = (await this.#writeOnce()) ?? (await this.#readAgain())
      if (end !== undefined) return end
    }
  }

  /** Undefined: another attempt must follow. */
  async #writeOnce(): Promise<Convergence | undefined> {
    const next = await this.#next()
    if ('ending' in next) return this.#leave(next.ending)
    if ('settled' in next) {
      const done = this.#neverMoved ? this.#aim.doneBefore : this.#done
      return { ending: this.#ended(done, next.settled) }
    }
    if (this.#isSpent) return this.#fail(this.#trouble as TablesyncError)
    if (this.#trouble !== undefined && this.#replicaTask.isOver()) return this.#cutShort()
    if (next.write.isPartial) this.#isPartial = true
    const isInDoubt = this.#done !== 'resolved'
    const result = await attempt(this.#replicaTask, next.write, this.#aim.intends, isInDoubt)
    return result.end === 'landed' ? this.#landed(next) : this.#notLanded(result, next)
  }

  #landed({ write, left }: Writing): Convergence | undefined {
    const isPut = write.before === undefined
    if (!write.isPart) return { ending: this.#ended(write.action, left, isPut) }
    this.#done = 'written'
    this.#neverMoved = false
    this.#isHalfWay = true
    this.#refusals = 0
    return undefined
  }

  async #next(): Promise<Next> {
    try {
      return await this.#aim.next(this.#sides, this.#isHalfWay)
    } catch (error) {
      if (error instanceof HookFailure) return { ending: failed(asTablesyncError(error)) }
      throw error
    }
  }

  async #notLanded(
    result: Exclude<AttemptEnd, { readonly end: 'landed' }>,
    writing: Writing,
  ): Promise<Convergence | undefined> {
    const { thread, stopping } = this.#replicaTask
    const { maxRetries, retryDelayBase } = thread.setup.timeouts
    const { maxRefusals = MAX_REFUSALS } = this.#aim
    switch (result.end) {
      case 'refused':
        this.#refusals++
        return this.#refusals > maxRefusals ? this.#giveUp() : undefined
      case 'not-sent':
        return this.#cutShort()
      case 'rejected':
        return this.#fail(result.error)
      default: {
        this.#trouble = result.error
        if (result.end === 'unsure') {
          if (this.#done === this.#aim.doneBefore) this.#neverMoved = true
          this.#done = writing.write.action
          this.#inDoubt = writing
        }
        this.#isSpent = this.#retries >= maxRetries
        if (this.#isSpent && result.end === 'busy') return this.#fail(result.error)
        this.#countRetry(result)
        if (result.isTiredOut) this.#retries = maxRetries
        await pauseBeforeRetry(retryDelayBase, this.#attempts++, stopping)
        return undefined
      }
    }
  }

  /** A throttled write is only unlucky while its table accepts others: then it uses up no retry. */
  #countRetry({ end }: AttemptEnd): void {
    const { landedSoFar } = this.#replicaTask.client.streak
    const isOnlyUnlucky = end === 'busy' && landedSoFar !== this.#landedBefore
    this.#landedBefore = landedSoFar
    if (!isOnlyUnlucky) this.#retries++
  }

  /** Undefined: the sides were read, and the work goes on. */
  async #readAgain(): Promise<Convergence | undefined> {
    try {
      const now = await this.#aim.read()
      if (isUnread(now)) return this.#leave(this.#unread(now))
      const isAsBefore = this.#aim.isSame(this.#sides, now)
      this.#heldAllTheSame &&= isAsBefore
      this.#neverMoved &&= isAsBefore
      this.#sides = now
      return this.#resolveDoubt(isAsBefore)
    } catch (thrown) {
      const error = asTablesyncError(thrown)
      return isEnded(error) ? this.#cutShort() : { ...this.#fail(error), lost: error }
    }
  }

  /** Whether the write landed: the replica holds what it leaves, or nothing after a deletion. */
  #resolveDoubt(isAsBefore: boolean): Convergence | undefined {
    const writing = this.#inDoubt
    this.#inDoubt = undefined
    if (writing === undefined || isAsBefore) return undefined
    const left = writing.write.after()
    const now = this.#aim.replicaIn(this.#sides)
    if (left === undefined && now === undefined) return this.#landed(writing)
    if (left === undefined || now === undefined) return undefined
    const { digest } = this.#replicaTask.thread
    if (digest(left) === digest(now)) return this.#landed(writing)
    // Somebody has written since, over our part or in its place.
    if (writing.write.isPart) this.#mayBeTorn = true
    return undefined
  }

  /** If a write got no answer and the key is unreadable, nobody knows whether it has landed. */
  #unread(unread: Unread): RepairEnding {
    const isKnown = this.#trouble === undefined || this.#replicaTask.deletions === 'now'
    return isKnown ? failed(unread.error) : unverified(unread)
  }

  #giveUp(): Convergence {
    if (!this.#heldAllTheSame || this.#trouble !== undefined) return this.#leave(KEPT_CHANGING)
    const { client, replica } = this.#replicaTask
    const refusal = client.streak.rejected(refusedAllTheSame(replica))
    return { ...this.#leave(conflict(refusal)), ...lostBy(refusal) }
  }

  #fail(error: TablesyncError): Convergence {
    return { ...this.#leave(failed(error)), ...lostBy(error) }
  }

  /** The run is to end. What may have landed, or landed in part, is not reported as left. */
  #cutShort(): Convergence {
    const { doneBefore, mayHaveLanded } = this.#aim
    const mayHaveWritten = this.#isHalfWay || mayHaveLanded || this.#done !== doneBefore
    if (!mayHaveWritten) throw ENDED
    this.#replicaTask.wasCutShort = true
    const why = this.#trouble ?? ENDED
    return this.#leave(failed(why))
  }

  #leave(ending: RepairEnding): Convergence {
    const isInDoubt = this.#mayBeTorn || this.#inDoubt?.write.isPart === true
    const isTorn = (this.#isHalfWay || isInDoubt) && this.#aim.replicaIn(this.#sides) !== undefined
    return { ending: isTorn ? torn(ending) : ending }
  }

  #ended(action: Achieved, left: () => SeenItem, isPut = false): RepairEnding {
    if (action === 'resolved') return { action }
    const partial = this.#isPartial ? ({ isPartial: true } as const) : {}
    return { action, left, ...partial, ...(isPut && { isPut }) }
  }
}

const lostBy = (error: TablesyncError) => (endsTable(error) ? { lost: error } : {})

const ENDED = new TablesyncError('the run was ended before the next write', {
  code: 'ENDED',
  scope: 'segment',
})

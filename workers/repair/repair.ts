/** Ends keys that were looked at: counts them, and repairs them if that was asked for. */
import type { MaybePromise, MaybeValue } from '../concurrency/maybe-promise.ts'
import { HookFailure } from '../hook-calls.ts'
import { hasLanded, intentOf, type ReplicaTask } from '../replica-task.ts'
import { readKey } from '../verify/both-sides.ts'
import { endsKey, type Found, type Outcome } from '../verify/ending.ts'
import { replicaIsNewer } from '../verify/relation.ts'
import { digestOf } from '../verify/sides.ts'
import { isDifference } from '../verify/verdict.ts'
import type { Written } from '../write/write-attempt.ts'
import { WriteClaims } from '../write/write-claims.ts'
import { Outcomes } from './outcomes.ts'
import { type Expected, OLD_MS, RepairWrites } from './repair-writes.ts'

export class Repair {
  readonly outcomes: Outcomes
  readonly claims: WriteClaims
  readonly writes: RepairWrites
  readonly #replicaTask: ReplicaTask

  constructor(replicaTask: ReplicaTask) {
    this.#replicaTask = replicaTask
    this.outcomes = new Outcomes(replicaTask)
    this.claims = new WriteClaims(replicaTask)
    this.writes = new RepairWrites(replicaTask, this.outcomes)
  }

  /** Counts the outcome of a key, and repairs the key if it is a difference. */
  settle(outcome: Outcome, expected?: Expected): MaybeValue<Written> {
    const { count, thread, deletions } = this.#replicaTask
    const { verdict, key } = outcome
    const intent = intentOf(this.#replicaTask, key)
    // Equal, or a version that the master has had: only our write can have brought it there.
    const isThere = verdict === 'sameAs' || verdict === 'converged'
    // An item that is elsewhere is counted when the master's scan reaches it.
    if (intent !== undefined && verdict !== 'elsewhere') {
      const isOurs = isThere || hasLanded(this.#replicaTask, key, outcome.replica)
      if (isOurs) {
        if (deletions === 'later') count.claimed(1)
        return this.outcomes.landed({ ...outcome, verdict: intent.kind })
      }
    }
    if (!isDifference(verdict)) {
      count.state(verdict)
      return verdict === 'sameAs' ? this.outcomes.match(outcome) : undefined
    }
    if (thread.setup.newerWins && replicaIsNewer(this.#replicaTask, outcome)) {
      count.state('newer')
      return undefined
    }
    const { differ, mayRepair } = thread.rules
    const hasNoRules = differ === undefined && mayRepair === undefined
    // Half of the item may be ours, whatever somebody has written over it since.
    const isPastRules = intent?.parts !== undefined
    if (hasNoRules || isPastRules) return this.end(outcome as Found, expected)
    return this.#endByRules(outcome as Found, expected)
  }

  /** Ends a difference that the user's hooks decide on. */
  async #endByRules(found: Found, expected?: Expected): Promise<Written | undefined> {
    try {
      if (await this.outcomes.isAlike(found)) {
        this.#replicaTask.count.state('sameAs')
        return undefined
      }
      const readAt = performance.now()
      if (await this.outcomes.maySkip(found)) return undefined
      const isStale = performance.now() - readAt > OLD_MS
      const now = isStale ? { ...found, ...(await readKey(this.#replicaTask, found.key)) } : found
      return await this.end(now, expected)
    } catch (error) {
      if (!(error instanceof HookFailure) && !endsKey(error)) throw error
      return this.outcomes.fail(found, error)
    }
  }

  /**
   * Counts a confirmed difference, and repairs it if that was asked for. Returns what was written.
   *
   *
   * @throws TablesyncError of scope `table` if the replica itself is lost
   */
  end(found: Found, expected?: Expected): MaybeValue<Written> {
    const { count, deletions, tell, replica, thread } = this.#replicaTask
    const { verdict, key } = found
    if (deletions === 'later') count.state(verdict)
    const isAllowed = deletions === 'now' || this.claims.isAllowed(verdict, key)
    if (!isAllowed) return this.outcomes.cutShort(found)
    if (!this.writes.isDue(verdict)) return toNothing(this.outcomes.unasked(found))
    const mayBeDeleted = deletions === 'now' && found.replica === undefined
    if (mayBeDeleted && intentOf(this.#replicaTask, key)?.kind === 'extra') {
      // Whatever the master holds now: a thread that died has deleted the replica's item.
      return this.outcomes.conclude({ action: 'deleted', left: () => null }, found)
    }
    if (verdict === 'extra' && deletions === 'later') {
      const seen = digestOf(found.replica, thread.comparer)
      return toNothing(tell({ type: 'delete-later', replica, key, seen }))
    }
    return this.writes.write(found, expected)
  }

  /** Counts a difference that was not read again, and leaves it. */
  leave(found: Found): MaybePromise {
    const { count, thread } = this.#replicaTask
    if (thread.setup.newerWins && replicaIsNewer(this.#replicaTask, found)) {
      count.state('newer')
      return undefined
    }
    count.unconfirmed(found.verdict)
    const { verdict, key, master, replica } = found
    // If it is no dry run, the item was to be put, and was counted against the allowance then.
    const isAllowed = thread.setup.write[verdict] || this.claims.isAllowed(verdict, key)
    const unconfirmed: Found = { verdict, key, master, replica, unconfirmed: true }
    return isAllowed ? this.outcomes.unasked(unconfirmed) : this.outcomes.cutShort(unconfirmed)
  }
}

const toNothing = (done: MaybePromise): Promise<undefined> | undefined =>
  done?.then(() => undefined)

/** Ends a difference: counts it, repairs it where that was asked for, tells it. */

import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import { isEnded } from '../../lib/dynamo/request/request-errors.ts'
import type { KeyText } from '../../lib/item/key.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { SeenSides, WroteHere } from '../../lib/model/pending-recheck.ts'
import { HookFailure } from '../hook-calls.ts'
import type { MaybePromise, MaybeValue } from '../maybe-promise.ts'
import { hasLanded, intentOf, type ReplicaTask } from '../replica-task.ts'
import { lookUpBothSides } from '../verify/both-sides.ts'
import { endsKey, type Found, failed, type RepairEnding } from '../verify/ending.ts'
import { replicaIsNewer } from '../verify/relation.ts'
import { type BothSides, digestOf } from '../verify/sides.ts'
import { isDifference, type Verdict } from '../verify/verdict.ts'
import { converge } from './converge.ts'
import { Outcomes } from './outcomes.ts'
import { repairAim, type Wanted } from './repair-aim.ts'
import { tellEnding } from './told-differences.ts'
import type { Written } from './write-attempt.ts'

/** A key that another look has settled, with what both sides hold. */
export interface Settled extends BothSides {
  readonly verdict: Verdict
  readonly key: KeyText
}

/** What a repair that was planned holds on to: it does what was planned, and nothing else. */
export interface Expected {
  isStillTrue(kind: DifferenceKind, now: SeenSides): boolean
  /** How a difference ends that is not. */
  readonly ending: RepairEnding
}

export interface WriteOptions {
  readonly readAt?: number
  readonly mayHaveLanded?: boolean
  /** A put is not to go out with others. */
  readonly isAlone?: boolean
}

/** A reading that has waited so long, in milliseconds, for a hook or for its turn, is made anew. */
export const OLD_MS = 250

export class Repair {
  readonly outcomes: Outcomes
  readonly #replicaTask: ReplicaTask

  constructor(replicaTask: ReplicaTask) {
    this.#replicaTask = replicaTask
    this.outcomes = new Outcomes(replicaTask)
  }

  /** Counts what a key has come to, and ends it where it is a difference. */
  settle(settled: Settled, expected?: Expected): MaybeValue<Written> {
    const { tally, thread, deletions } = this.#replicaTask
    const { verdict, key } = settled
    const intent = intentOf(this.#replicaTask, key)
    // Of a version that the master has had, too: nobody else has brought it there.
    const isThere = verdict === 'sameAs' || verdict === 'converged'
    // An item that is elsewhere is counted where the master's scan comes to it.
    if (intent !== undefined && verdict !== 'elsewhere') {
      const isOurs = isThere || hasLanded(this.#replicaTask, key, settled.replica)
      if (isOurs) {
        if (deletions === 'later') tally.claimed++
        return this.outcomes.landed({ ...settled, verdict: intent.kind })
      }
    }
    if (!isDifference(verdict)) {
      tally[verdict]++
      return verdict === 'sameAs' ? this.outcomes.match(settled) : undefined
    }
    if (thread.setup.newerWins && replicaIsNewer(this.#replicaTask, settled)) {
      tally.newer++
      return undefined
    }
    const { differ, mayRepair } = thread.rules
    const hasNoRules = differ === undefined && mayRepair === undefined
    // Half of it may be ours, whatever somebody has written over it since.
    const isPastRules = intent?.parts !== undefined
    if (hasNoRules || isPastRules) return this.end(settled as Found, expected)
    return this.#endByRules(settled as Found, expected)
  }

  /** A difference that the user's rules have a say in. */
  async #endByRules(found: Found, expected?: Expected): Promise<Written | undefined> {
    try {
      if (await this.outcomes.isAlike(found)) {
        this.#replicaTask.tally.sameAs++
        return undefined
      }
      const readAt = performance.now()
      if (await this.outcomes.maySkip(found)) return undefined
      const isStale = performance.now() - readAt > OLD_MS
      const now = isStale ? { ...found, ...(await this.readAgain(found.key)) } : found
      return await this.end(now, expected)
    } catch (error) {
      if (!(error instanceof HookFailure) && !endsKey(error)) throw error
      return this.outcomes.fail(found, error)
    }
  }

  /**
   * Counts a confirmed difference and repairs it, where that was asked for.
   * Comes to what was written.
   *
   * @throws TablesyncError of scope `table` where the replica itself is lost
   */
  end(found: Found, expected?: Expected): MaybeValue<Written> {
    const { tally, deletions, tell, replica, thread } = this.#replicaTask
    const { verdict, key } = found
    if (deletions === 'later') tally[verdict]++
    const isAllowed = deletions === 'now' || this.isAllowed(verdict, key)
    if (!isAllowed) return this.outcomes.tellCutShort(found)
    if (!this.#isAsked(verdict)) return toNothing(this.outcomes.tellUnasked(found))
    const mayBeDeleted = deletions === 'now' && found.replica === undefined
    if (mayBeDeleted && intentOf(this.#replicaTask, key)?.kind === 'extra') {
      // Whatever the master has come to hold since: a thread that died has deleted it.
      return this.outcomes.conclude({ action: 'deleted', left: () => null }, found)
    }
    if (verdict === 'extra' && deletions === 'later') {
      const seen = digestOf(found.replica, thread.comparer)
      return toNothing(tell({ type: 'delete-later', replica, key, seen }))
    }
    return this.write(found, expected)
  }

  /**
   * Writes a difference that is counted, and tells it. `readAt`: when both sides
   * were read. `mayHaveLanded`: it was sent before, and the answer was lost.
   */
  write(
    found: Found,
    expected?: Expected,
    { readAt = performance.now(), mayHaveLanded = false, isAlone = false }: WriteOptions = {},
  ): Promise<Written | undefined> {
    const { tally, deletions } = this.#replicaTask
    const { verdict, key } = found
    return this.inLane(async () => {
      const isRefused = deletions === 'now' && tally.failed > 0
      if (isRefused || this.#replicaTask.isOver()) {
        return this.outcomes.tellCutShort(found, mayHaveLanded)
      }
      const isStale = () => performance.now() - readAt > OLD_MS
      const wanted: Wanted = {
        key,
        // Deletions have a time of their own, in which nothing else is written.
        isWanted: (kind, now) =>
          this.#isAsked(kind) &&
          (kind === 'extra') === (deletions === 'now') &&
          (expected?.isStillTrue(kind, now) ?? true),
        isWantedToTheEnd: (kind) => this.#isAsked(kind) && kind !== 'extra',
        mayHaveLanded,
        isAlone,
        intends: verdict,
        ...(expected !== undefined && { unwanted: expected.ending }),
      }
      try {
        const sides = isStale() ? { ...found, ...(await this.readAgain(key)) } : found
        return await this.outcomes.conclude(await this.#attempt(sides, wanted), found)
      } catch (error) {
        if (isEnded(error)) return this.outcomes.tellCutShort(found, mayHaveLanded)
        if (endsKey(error)) return this.outcomes.conclude(failed(error), found)
        throw error
      }
    })
  }

  /** Counts a difference that was not read again, and leaves it. */
  leave(found: Found): MaybePromise {
    const { tally, thread } = this.#replicaTask
    if (thread.setup.newerWins && replicaIsNewer(this.#replicaTask, found)) {
      tally.newer++
      return undefined
    }
    tally[found.verdict]++
    tally.unconfirmed++
    // In earnest it was to be put, and has been counted against the allowance then.
    const isAllowed = thread.setup.write[found.verdict] || this.isAllowed(found.verdict, found.key)
    const { verdict, key, master, replica } = found
    const unconfirmed: Found = { verdict, key, master, replica, unconfirmed: true }
    return isAllowed ? this.outcomes.tellUnasked(unconfirmed) : this.outcomes.tellLeft(unconfirmed)
  }

  /**
   * Brings a key in order again that a write of ours left behind the master:
   * what it left is all that may be taken away.
   */
  async mend(
    found: Found,
    { left, isPut = false }: WroteHere,
  ): Promise<Written | 'refused' | undefined> {
    const { tally, thread } = this.#replicaTask
    const hasNoRules = thread.rules.mayRepair === undefined
    return this.inLane(async () => {
      const ending = await this.#attempt(found, {
        key: found.key,
        // What somebody has put there since is no write of ours to bring in order.
        isWanted: (kind, { replica }) =>
          kind === found.verdict &&
          (replica === left || (kind !== 'extra' && this.#isAsked(kind) && hasNoRules)),
        maxRefusals: 0,
      })
      switch (ending.action) {
        case 'resolved':
          return undefined
        case 'conflict':
        case 'changed':
          return 'refused'
        case 'unverified':
          return this.outcomes.conclude({ ...ending, action: 'failed' }, found)
        case 'failed':
        case 'torn':
          return this.outcomes.conclude(ending, found)
        default:
          tally.mended++
          await tellEnding(this.#replicaTask, found, ending)
          return { key: found.key, left: ending.left, isPut: isPut || ending.isPut === true }
      }
    })
  }

  /** One of the writes that may be under way at once. */
  inLane<T>(job: () => Promise<T>): Promise<T> {
    // What it returns is undefined only for a queue that was emptied, and this one never is.
    return this.#replicaTask.door.writes.add(job) as Promise<T>
  }

  /** Where the replica itself is lost, this repair is counted with it. */
  async #attempt(found: Found, wanted: Wanted): Promise<RepairEnding> {
    const aim = repairAim(this.#replicaTask, wanted)
    const { ending, lost } = await converge<BothSides>(this.#replicaTask, found, aim)
    if (lost === undefined) return ending
    await this.outcomes.conclude(ending, found)
    throw lost
  }

  /** @throws TablesyncError of scope `item` where the key cannot be read */
  async readAgain(key: KeyText): Promise<BothSides> {
    const sides = await this.lookAgain(key)
    if (isUnread(sides)) throw sides.error
    return sides
  }

  async lookAgain(key: KeyText): Promise<BothSides | Unread> {
    return (await lookUpBothSides(this.#replicaTask, [key]))(key)
  }

  /** Whether one write more may be made, or might be but for the dry run; if not, the run stops. */
  isAllowed(kind: DifferenceKind, key: KeyText): boolean {
    const isClaimed = this.claim(kind, key)
    if (!isClaimed) this.#replicaTask.allowanceSpent()
    return isClaimed
  }

  /** As `isAllowed`, and the run goes on. */
  claim(kind: DifferenceKind, key: KeyText): boolean {
    const { thread, tally } = this.#replicaTask
    if (!thread.setup.asked[kind]) return true
    // What was about to be written before has been allowed then.
    const isClaimed = intentOf(this.#replicaTask, key) !== undefined || thread.allowance.claim()
    if (isClaimed) tally.claimed++
    return isClaimed
  }

  /** The write was not made, and may be claimed anew. */
  unclaim(kind: DifferenceKind, key: KeyText): void {
    const { thread, tally } = this.#replicaTask
    if (!thread.setup.asked[kind]) return
    tally.claimed--
    if (intentOf(this.#replicaTask, key) === undefined) thread.allowance.giveBack()
  }

  #isAsked(kind: DifferenceKind): boolean {
    const { thread, deletions } = this.#replicaTask
    // Deletions have a time of their own, in which nothing else is written.
    return thread.setup.write[kind] && (deletions === 'later' || kind === 'extra')
  }
}

const toNothing = (done: MaybePromise): Promise<undefined> | undefined =>
  done?.then(() => undefined)

/** Ends a difference: counts it, repairs it where that was asked for, tells it. */
import { isPassing } from '../dynamo/failures.ts'
import { asTablesyncError } from '../errors.ts'
import type { KeyText } from '../item/key.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { SeenItem } from '../model/sighting.ts'
import {
  bringAbout,
  endsTable,
  failed,
  replicaIsNewer,
  type Wanted,
  type Written,
  write,
} from './attempts.ts'
import { type BothSides, digestsOf, lookUpBothSides } from './both-sides.ts'
import { COUNTED_AS, type Found, LEFT, PLANNED, type RepairEnding, tellEnding } from './endings.ts'
import type { Investigation } from './investigation.ts'
import { HookFailure } from './rules.ts'
import { isDifference, relationOf, type Verdict } from './verdict.ts'

/** A key that another look has settled, with what both sides hold. */
export interface Settled extends BothSides {
  readonly verdict: Verdict
  readonly key: KeyText
}

export class Repair {
  readonly #investigation: Investigation

  constructor(investigation: Investigation) {
    this.#investigation = investigation
  }

  /** Counts what a key has come to, and ends it where it is a difference. */
  async settle({ verdict, ...found }: Settled): Promise<Written | undefined> {
    const { tally, thread } = this.#investigation
    if (!isDifference(verdict)) {
      tally[verdict]++
      if (verdict === 'sameAs') await this.match(found)
      return undefined
    }
    if (thread.setup.newerWins && replicaIsNewer(this.#investigation, found)) {
      tally.newer++
      return undefined
    }
    const difference: Found = { verdict, ...found }
    try {
      if (await this.isAlike(difference)) {
        tally.sameAs++
        return undefined
      }
      return (await this.#maySkip(difference)) ? undefined : await this.end(difference)
    } catch (error) {
      if (!(error instanceof HookFailure)) throw error
      return this.fail(difference, error)
    }
  }

  /** Whether the user's rules take a pair for the same that is not equal. */
  async isAlike({ verdict, master, replica }: Found): Promise<boolean> {
    if (verdict !== 'differing' || master === undefined || replica === undefined) return false
    return !(await this.#investigation.thread.rules.differ(master, replica))
  }

  /** Lets whoever wants to hear of it know of an equal pair. */
  async match({ key, master, replica }: Omit<Found, 'verdict'>): Promise<void> {
    const { thread, door, tally } = this.#investigation
    const { matches } = thread.rules
    if (matches === undefined || master === undefined || replica === undefined) return
    await matches({ master, replica }, door.table.access.label, key).catch(() => {
      tally.failed++
    })
  }

  /** Counts a difference that a hook has failed over. */
  async fail(found: Found, error: Error): Promise<undefined> {
    const { tally } = this.#investigation
    tally[found.verdict]++
    await this.#conclude({ action: 'failed', error: error.message }, found)
  }

  /** Counts and tells a difference that the user's rules leave as it is; false where they do not. */
  async #maySkip(found: Found): Promise<boolean> {
    const { thread, door, tally } = this.#investigation
    if (await thread.rules.mayRepair(found, door.table.access.label)) return false
    tally[found.verdict]++
    tally.skipped++
    await this.#tellLeft(found)
    return true
  }

  /**
   * Counts a confirmed difference and repairs it, where that was asked for.
   * Returns what was written.
   *
   * @throws TablesyncError of scope `table` where the replica itself is lost
   */
  async end(found: Found): Promise<Written | undefined> {
    const { tally, deletions, replica, tell } = this.#investigation
    const { verdict, key } = found
    if (deletions === 'later') tally[verdict]++
    const isAllowed = deletions === 'now' || this.#isAllowed(verdict)
    if (!isAllowed) return this.#tellLeft(found)
    if (!this.#isAsked(verdict)) return this.#tellUnasked(found)
    if (verdict === 'extra' && deletions === 'later') {
      await tell({ type: 'delete-later', replica, key })
      return undefined
    }
    return this.#inLane(async () => {
      if (this.#investigation.isOver()) return this.#tellLeft(found)
      const isWanted = (kind: DifferenceKind) => this.#isAsked(kind)
      return this.#conclude(await this.#attempt(found, { isWanted }), found)
    })
  }

  /** Counts a difference that was not read again, and leaves it. */
  async leave(found: Found): Promise<undefined> {
    const { tally, thread } = this.#investigation
    if (thread.setup.newerWins && replicaIsNewer(this.#investigation, found)) {
      tally.newer++
      return
    }
    tally[found.verdict]++
    tally.unconfirmed++
    // In earnest it was to be put, and has been counted against the allowance then.
    const isAllowed = thread.setup.write[found.verdict] || this.#isAllowed(found.verdict)
    const unconfirmed: Found = { ...found, unconfirmed: true }
    await (isAllowed ? this.#tellUnasked(unconfirmed) : this.#tellLeft(unconfirmed))
  }

  /**
   * Puts an item that only the scan says is missing, as the master has it now:
   * the condition is the check, and what it lets through is counted. Where it
   * does not, returns what both sides hold now, nothing counted.
   */
  async putUnread(found: Found): Promise<Written | BothSides | undefined> {
    const { tally, thread } = this.#investigation
    const { key } = found
    const left = digestsOf(found, thread.comparer).master
    const end = (ending: RepairEnding) => {
      tally.missing++
      return this.#conclude(ending, found)
    }
    return this.#inLane(async () => {
      try {
        if (await this.#maySkip(found)) return undefined
      } catch (error) {
        return this.fail(found, error as Error)
      }
      const mayPut = !this.#investigation.isOver() && this.#isAllowed('missing')
      if (!mayPut) return this.leave(found)
      try {
        const result = await write(this.#investigation, 'missing', found)
        if (result.end === 'refused') return this.#readAgain(key)
        return end({ action: 'written', left })
      } catch (thrown) {
        const error = asTablesyncError(thrown)
        if (!isPassing(error)) {
          await end(failed(error))
          if (endsTable(error)) throw error
          return undefined
        }
        const now = await this.#readAgain(key)
        const isSettled = relationOf(digestsOf(now, thread.comparer)) === 'sameAs'
        return isSettled ? end({ action: 'written', left }) : now
      }
    })
  }

  /**
   * Brings a key in order again that a write of ours left behind the master:
   * what it left is all that may be taken away.
   */
  async mend(found: Found, left: SeenItem): Promise<Written | 'refused' | undefined> {
    const { tally } = this.#investigation
    return this.#inLane(async () => {
      const ending = await this.#attempt(found, {
        isWanted: (kind, { replica }) =>
          kind === found.verdict && (kind !== 'extra' || replica === left),
        maxRefusals: 0,
      })
      switch (ending.action) {
        case 'resolved':
          return undefined
        case 'conflict':
          return 'refused'
        case 'failed':
          return this.#conclude(ending, found)
        default:
          tally.mended++
          await tellEnding(this.#investigation, found, ending)
          return { key: found.key, left: ending.left }
      }
    })
  }

  #inLane<T>(job: () => Promise<T>): Promise<T> {
    // What it returns is undefined only for a queue that was emptied, and this one never is.
    return this.#investigation.door.writes.add(job) as Promise<T>
  }

  /** Where the replica itself is lost, this repair is counted with it. */
  async #attempt(found: Found, wanted: Wanted): Promise<RepairEnding> {
    try {
      return await bringAbout(this.#investigation, found, wanted)
    } catch (error) {
      const ending = failed(asTablesyncError(error))
      if (error instanceof HookFailure) return ending
      await this.#conclude(ending, found)
      throw error
    }
  }

  async #conclude(ending: RepairEnding, found: Found): Promise<Written | undefined> {
    const { tally } = this.#investigation
    tally[COUNTED_AS[ending.action]]++
    if ('isPartial' in ending) tally.partial++
    await tellEnding(this.#investigation, found, ending)
    return 'left' in ending ? { key: found.key, left: ending.left } : undefined
  }

  /** In a dry run it may be that it would have been repaired. */
  async #tellUnasked(found: Found): Promise<undefined> {
    const { setup } = this.#investigation.thread
    const isPlanned = setup.asked[found.verdict] && !setup.write[found.verdict]
    await tellEnding(this.#investigation, found, isPlanned ? PLANNED : LEFT)
  }

  async #tellLeft(found: Found): Promise<undefined> {
    await tellEnding(this.#investigation, found, LEFT)
  }

  async #readAgain(key: KeyText): Promise<BothSides> {
    return (await lookUpBothSides(this.#investigation, [key]))(key)
  }

  /** Whether one write more may be made, or might be but for the dry run; if not, the run stops. */
  #isAllowed(kind: DifferenceKind): boolean {
    const { thread, allowanceSpent } = this.#investigation
    if (!thread.setup.asked[kind] || thread.allowance.claim()) return true
    allowanceSpent()
    return false
  }

  #isAsked(kind: DifferenceKind): boolean {
    const { thread, deletions } = this.#investigation
    // Deletions have a time of their own, in which nothing else is written.
    return thread.setup.write[kind] && (deletions === 'later' || kind === 'extra')
  }
}

/** The writes that end counted differences: as many under way at once as the replica's queue lets. */
import { isEnded } from '../../lib/dynamo/request/request-errors.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { SeenSides, WroteHere } from '../../lib/model/pending-recheck.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { readKey } from '../verify/both-sides.ts'
import { endsKey, type Found, failed, type RepairEnding } from '../verify/ending.ts'
import type { BothSides } from '../verify/sides.ts'
import { converge } from '../write/converge.ts'
import type { Written } from '../write/write-attempt.ts'
import type { Outcomes } from './outcomes.ts'
import { repairAim, type Wanted } from './repair-aim.ts'

/** What a repair that was planned holds on to: it does what was planned, and nothing else. */
export interface Expected {
  isStillTrue(kind: DifferenceKind, now: SeenSides): boolean
  /** How a difference ends that is not. */
  readonly ending: RepairEnding
}

export interface WriteOptions {
  /** When both sides were read, by `performance.now()`. @default now */
  readonly readAt?: number
  /** The write was sent before, and the answer was lost. */
  readonly mayHaveLanded?: boolean
  /** A put is not to go out with others. */
  readonly isAlone?: boolean
}

/** A reading that has waited so long, in milliseconds, for a hook or for its turn, is made anew. */
export const OLD_MS = 250

export class RepairWrites {
  readonly #replicaTask: ReplicaTask
  readonly #outcomes: Outcomes

  constructor(replicaTask: ReplicaTask, outcomes: Outcomes) {
    this.#replicaTask = replicaTask
    this.#outcomes = outcomes
  }

  /** Whether a write that ends such a difference is due now: deletions have a time of their own. */
  isDue(kind: DifferenceKind): boolean {
    const { thread, deletions } = this.#replicaTask
    return thread.setup.write[kind] && (deletions === 'later' || kind === 'extra')
  }

  /** Writes what ends a counted difference, and reports how it ended. */
  write(
    found: Found,
    expected?: Expected,
    { readAt = performance.now(), mayHaveLanded = false, isAlone = false }: WriteOptions = {},
  ): Promise<Written | undefined> {
    const { count, deletions } = this.#replicaTask
    const { verdict, key } = found
    return this.inTurn(async () => {
      const isRefused = deletions === 'now' && count.soFar.failed > 0
      if (isRefused || this.#replicaTask.isOver()) {
        return this.#outcomes.cutShort(found, mayHaveLanded)
      }
      const isStale = () => performance.now() - readAt > OLD_MS
      const wanted: Wanted = {
        key,
        isWanted: (kind, now) =>
          this.isDue(kind) &&
          (kind === 'extra') === (deletions === 'now') &&
          (expected?.isStillTrue(kind, now) ?? true),
        isWantedToTheEnd: (kind) => this.isDue(kind) && kind !== 'extra',
        mayHaveLanded,
        isAlone,
        intends: verdict,
        ...(expected !== undefined && { unwanted: expected.ending }),
      }
      try {
        const sides = isStale() ? { ...found, ...(await readKey(this.#replicaTask, key)) } : found
        return await this.#outcomes.conclude(await this.#converge(sides, wanted), found)
      } catch (error) {
        if (isEnded(error)) return this.#outcomes.cutShort(found, mayHaveLanded)
        if (endsKey(error)) return this.#outcomes.conclude(failed(error), found)
        throw error
      }
    })
  }

  /**
   * Brings a key in order again that a write of ours left behind the master:
   * what it left is all that may be taken away.
   */
  async mend(
    found: Found,
    { left, isPut = false }: WroteHere,
  ): Promise<Written | 'refused' | undefined> {
    const hasNoRules = this.#replicaTask.thread.rules.mayRepair === undefined
    return this.inTurn(async () => {
      const ending = await this.#converge(found, {
        key: found.key,
        // What somebody has put there since is no write of ours to bring in order.
        isWanted: (kind, { replica }) =>
          kind === found.verdict &&
          (replica === left || (kind !== 'extra' && this.isDue(kind) && hasNoRules)),
        maxRefusals: 0,
      })
      switch (ending.action) {
        case 'resolved':
          return undefined
        case 'conflict':
        case 'changed':
          return 'refused'
        case 'unverified':
          return this.#outcomes.conclude({ ...ending, action: 'failed' }, found)
        case 'failed':
        case 'torn':
          return this.#outcomes.conclude(ending, found)
        default:
          await this.#outcomes.mended(found, ending)
          return { key: found.key, left: ending.left, isPut: isPut || ending.isPut === true }
      }
    })
  }

  /** Runs a job as one of the writes that may be under way at once. */
  inTurn<T>(job: () => Promise<T>): Promise<T> {
    // What it returns is undefined only for a queue that was emptied, and this one never is.
    return this.#replicaTask.door.writes.add(job) as Promise<T>
  }

  /** Where the replica itself is lost, this repair is counted with it. */
  async #converge(found: Found, wanted: Wanted): Promise<RepairEnding> {
    const aim = repairAim(this.#replicaTask, wanted)
    const { ending, lost } = await converge<BothSides>(this.#replicaTask, found, aim)
    if (lost === undefined) return ending
    await this.#outcomes.conclude(ending, found)
    throw lost
  }
}

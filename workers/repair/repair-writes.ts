/** The writes that end counted differences: as many under way as the replica's queue allows. */
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

/** What a planned repair expects: it does what was planned, and nothing else. */
export interface Expected {
  isStillTrue(kind: DifferenceKind, now: SeenSides): boolean
  /** How a difference ends that is not as planned any more. */
  readonly ending: RepairEnding
}

export interface WriteOptions {
  /** When both sides were read, by `performance.now()`. @default now */
  readonly readAt?: number
  /** The write was sent before, and the answer was lost. */
  readonly mayHaveLanded?: boolean
  /** Whether a put must not go out with others. */
  readonly isAlone?: boolean
}

/** Keys that are read and then written together: few, so that no read grows old before its write. */
export const WRITE_BATCH = 25

/** A reading is made again if it has waited this long, in milliseconds, for a hook or its turn. */
export const OLD_MS = 250

export class RepairWrites {
  readonly #replicaTask: ReplicaTask
  readonly #outcomes: Outcomes

  constructor(replicaTask: ReplicaTask, outcomes: Outcomes) {
    this.#replicaTask = replicaTask
    this.#outcomes = outcomes
  }

  /** Whether a write that ends such a difference is due now: deletions have their own time. */
  isDue(kind: DifferenceKind): boolean {
    const { thread, deletions } = this.#replicaTask
    return thread.setup.write[kind] && (deletions === 'later' || kind === 'extra')
  }

  /** Sends the writes that end a counted difference, and reports how it ended. */
  write(
    found: Found,
    expected?: Expected,
    {
      readAt = found.master?.readAt ?? performance.now(),
      mayHaveLanded = false,
      isAlone = false,
    }: WriteOptions = {},
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
   * Repairs a key again on which a write of ours was overtaken by the master. It may delete only
   * what that write left.
   */
  async mend(
    found: Found,
    { left, isPut = false }: WroteHere,
  ): Promise<Written | 'refused' | undefined> {
    const hasNoRules = this.#replicaTask.thread.rules.mayRepair === undefined
    return this.inTurn(async () => {
      const ending = await this.#converge(found, {
        key: found.key,
        // What somebody else has put there since is not ours to repair.
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
    return this.#replicaTask.client.writes(job)
  }

  /** If the replica itself is lost, this repair is still counted. */
  async #converge(found: Found, wanted: Wanted): Promise<RepairEnding> {
    const aim = repairAim(this.#replicaTask, wanted)
    const { ending, lost } = await converge<BothSides>(this.#replicaTask, found, aim)
    if (lost === undefined) return ending
    await this.#outcomes.conclude(ending, found)
    throw lost
  }
}

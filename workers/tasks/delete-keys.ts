/**
 * Deletes what is still extra, after all comparing: first, every key is read again on both sides.
 */
import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import type { ReplicaTally } from '../../lib/model/tally.ts'
import type { DeleteTask, ExtraKey, SegmentReport } from '../../lib/protocol/tasks.ts'
import type { MaybeValue } from '../concurrency/maybe-promise.ts'
import { foundUnread } from '../repair/outcomes.ts'
import type { Repair } from '../repair/repair.ts'
import { type Expected, WRITE_BATCH } from '../repair/repair-writes.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { lookUpBothSides } from '../verify/both-sides.ts'
import { CHANGED, failed, type RepairEnding } from '../verify/ending.ts'
import type { BothSides } from '../verify/sides.ts'
import type { Written } from '../write/write-attempt.ts'
import { type KeyWork, keyTask } from './key-task.ts'

class Deleting implements KeyWork<ExtraKey, BothSides | Unread> {
  readonly keys: readonly ExtraKey[]
  readonly #replicaTask: ReplicaTask
  readonly #repair: Repair
  /** How an extra ends that has changed since it was found. */
  readonly #changed: RepairEnding
  /** How many extras have ended. */
  #ended = 0
  #endedBefore = 0

  constructor({ keys, isPlanned }: DeleteTask, replicaTask: ReplicaTask, repair: Repair) {
    this.keys = keys
    this.#replicaTask = replicaTask
    this.#repair = repair
    this.#changed = isPlanned ? CHANGED : MOVED
  }

  result(): Pick<SegmentReport, 'ended' | 'refusal'> {
    const { refusal } = this.#repair.outcomes
    return { ended: this.#ended, ...(refusal !== undefined && { refusal }) }
  }

  /** The first goes alone: if it is refused, all may be. */
  batchSize(at: number): number {
    const { batchReadLimit } = this.#replicaTask.thread.setup
    return at === 0 ? 1 : Math.min(WRITE_BATCH, batchReadLimit)
  }

  /** Stops at a refusal: what follows may be refused too, and somebody should look at it first. */
  isOver(hasFailed: boolean): boolean {
    const { count, stopping } = this.#replicaTask
    return hasFailed || stopping.aborted || count.soFar.failed > 0
  }

  begin(): void {
    this.#endedBefore = endsIn(this.#replicaTask.count.soFar)
  }

  read(keys: readonly string[]): Promise<(key: string) => BothSides | Unread> {
    return lookUpBothSides(this.#replicaTask, keys)
  }

  end({ key, seen }: ExtraKey, sides: BothSides | Unread): MaybeValue<Written> {
    if (isUnread(sides)) {
      return this.#repair.outcomes.conclude(failed(sides.error), foundUnread('extra', key))
    }
    // An extra is deleted only as it was found; if it was written since, it is somebody else's.
    const expected: Expected = {
      ending: this.#changed,
      isStillTrue: (_kind, now) => now.replica === seen,
    }
    return this.#repair.end({ verdict: 'extra', key, ...sides }, expected)
  }

  /** Runs before the read-back, which does its own counting. */
  onBatchEnded(): void {
    this.#ended += endsIn(this.#replicaTask.count.soFar) - this.#endedBefore
  }

  lose(batch: readonly ExtraKey[]): Promise<void> {
    this.#replicaTask.wasCutShort = true
    return this.leave(batch)
  }

  async leave(rest: readonly ExtraKey[]): Promise<void> {
    for (const { key } of rest) await this.#repair.outcomes.left(foundUnread('extra', key))
  }
}

export const deleteKeys = keyTask(
  (task: DeleteTask, replicaTask, repair) => new Deleting(task, replicaTask, repair),
)

const MOVED = {
  action: 'conflict',
  error: 'it has changed since it was found to be extra',
} as const

/** Every extra whose deletion was tried has one of these outcomes. */
const endsIn = ({ deleted, resolved, conflicts, failed, torn, changed }: Readonly<ReplicaTally>) =>
  deleted + resolved + conflicts + failed + torn + changed

/** Claims writes from the allowance of `--max-writes` before they are made. */
import type { KeyText } from '../../lib/item/key.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import { intentOf, type ReplicaTask } from '../replica-task.ts'

export class WriteClaims {
  readonly #replicaTask: ReplicaTask

  constructor(replicaTask: ReplicaTask) {
    this.#replicaTask = replicaTask
  }

  /** Whether one more write may be made, or might be in a real run; if not, the run stops. */
  isAllowed(kind: DifferenceKind, key: KeyText): boolean {
    const isClaimed = this.claim(kind, key)
    if (!isClaimed) this.#replicaTask.allowanceSpent()
    return isClaimed
  }

  /** As `isAllowed`, but the run goes on. */
  claim(kind: DifferenceKind, key: KeyText): boolean {
    const { thread, count } = this.#replicaTask
    if (!thread.setup.asked[kind]) return true
    // A write that was about to be sent before was allowed then.
    const isClaimed = intentOf(this.#replicaTask, key) !== undefined || thread.allowance.claim()
    if (isClaimed) count.claimed(1)
    return isClaimed
  }

  /** The write was not made, and may be claimed again. */
  giveBack(kind: DifferenceKind, key: KeyText): void {
    const { thread, count } = this.#replicaTask
    if (!thread.setup.asked[kind]) return
    count.claimed(-1)
    if (intentOf(this.#replicaTask, key) === undefined) thread.allowance.giveBack()
  }
}

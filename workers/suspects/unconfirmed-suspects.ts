/** Suspects beyond the budget for rechecks: they are counted as the scan found them. */
import type { DeferredKey, SegmentRecord } from '../../lib/model/files/segment-record.ts'
import type { MaybePromise } from '../concurrency/maybe-promise.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { hasExpired } from '../verify/expired-items.ts'
import { Deferred, type DeferredSuspect } from './deferred-suspects.ts'
import type { ImmediateRecheck } from './immediate-recheck.ts'
import type { OrderSampling } from './order-sampling.ts'
import { type Suspect, UnmatchedItem } from './suspect.ts'

export class UnconfirmedSuspects {
  readonly #replicaTask: ReplicaTask
  readonly #orders: OrderSampling
  readonly #recheck: ImmediateRecheck
  readonly #deferred: Deferred

  constructor(replicaTask: ReplicaTask, orders: OrderSampling, recheck: ImmediateRecheck) {
    this.#replicaTask = replicaTask
    this.#orders = orders
    this.#recheck = recheck
    this.#deferred = new Deferred(replicaTask.schema)
  }

  /** Keys that a record of this segment must keep. */
  get deferred(): SegmentRecord['deferred'] {
    return this.#deferred.all()
  }

  readd(keys: readonly DeferredKey[]): void {
    for (const key of keys) this.#deferred.readd(key)
  }

  /** Takes out the suspect that the other side has under the same key; false if there is none. */
  takeTwin(suspect: Pick<DeferredSuspect, 'looks' | 'found'>): boolean {
    return this.#deferred.takeTwin(suspect)
  }

  /** Keeps a lonely item until the segment ends: its counterpart may come in a later page. */
  defer(suspect: UnmatchedItem): MaybePromise {
    const { looks, found } = suspect
    this.#deferred.add(looks, found, hasExpired(this.#replicaTask, suspect))
    if (!this.#deferred.isFull) return undefined
    // Rechecks must first say whether the order is right, before anything is counted by it.
    return this.#recheck.flush().then(() => this.end('overflow'))
  }

  end(what: 'overflow' | 'all'): MaybePromise {
    if (this.#isAnyWanted) return this.#endOneByOne(what)
    const { missing, extra, expired } = this.#deferred.takeCounts(what)
    const { count } = this.#replicaTask
    count.unconfirmed('missing', missing)
    count.unconfirmed('extra', extra)
    count.state('expired', expired)
    return undefined
  }

  /** Counts a suspect as it looks; one that is to be put is put without a read of the replica. */
  count(suspect: Suspect): MaybePromise {
    const { looks, master, replica } = suspect
    if (hasExpired(this.#replicaTask, suspect)) {
      this.#replicaTask.count.state('expired')
      return undefined
    }
    const { write } = this.#replicaTask.thread.setup
    if (looks === 'missing' && write.missing) return this.#recheck.put(suspect)
    if (suspect instanceof UnmatchedItem) return this.#recheck.leave(suspect)
    return this.#recheck.leave({ verdict: looks, key: suspect.key, master, replica })
  }

  /** Whether suspects counted without a read are reported one by one, or may end otherwise. */
  get #isAnyWanted(): boolean {
    const { tellDifferences, newerWins, asked } = this.#replicaTask.thread.setup
    return this.#orders.isDoubted || tellDifferences || newerWins || asked.missing || asked.extra
  }

  async #endOneByOne(what: 'overflow' | 'all'): Promise<void> {
    for (;;) {
      const deferred = this.#deferred.takeOldest(what)
      if (deferred === undefined) return
      const ending = this.#endOne(deferred)
      if (ending !== undefined) await ending
    }
  }

  #endOne({ looks, found, isExpired }: DeferredSuspect): MaybePromise {
    const { schema, count } = this.#replicaTask
    const suspect = new UnmatchedItem(looks, found, schema)
    if (this.#orders.isDoubted) return this.#recheck.confirm(suspect)
    if (!isExpired) return this.count(suspect)
    count.state('expired')
    return undefined
  }
}

/**
 * Triage of one replica in one segment: decides which suspects are read again, and which are
 * counted as they look.
 *
 * A first look only makes a suspect. Before it counts, it is read again by key on both sides,
 * strongly consistent. Beyond the run's budget for that, it is counted as the scan found it, and
 * reported as unconfirmed.
 */
import { refusalOf, type Unread } from '../../lib/dynamo/lookup-result.ts'
import type { TablesyncError } from '../../lib/errors.ts'
import { canonicalKeyOfText, type KeyText } from '../../lib/item/key.ts'
import { keyedByText } from '../../lib/item/key-page.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { SegmentRecord } from '../../lib/model/files/segment-record.ts'
import type { MaybePromise } from '../concurrency/maybe-promise.ts'
import type { Trouble } from '../keys/number-keys.ts'
import type { ReplicaTask } from '../replica-task.ts'
import type { BothSides } from '../verify/sides.ts'
import type { Suspicion } from '../verify/verdict.ts'
import { ImmediateRecheck } from './immediate-recheck.ts'
import { OrderSampling } from './order-sampling.ts'
import { type Suspect, UnmatchedItem } from './suspect.ts'
import { UnconfirmedSuspects } from './unconfirmed-suspects.ts'

/** How many suspects are taken between two looks at what rechecks say of the orders. */
const CHECK_EVERY = 32

export class Triage {
  readonly #replicaTask: ReplicaTask
  readonly #orders: OrderSampling
  readonly #recheck: ImmediateRecheck
  readonly #unconfirmed: UnconfirmedSuspects

  constructor(replicaTask: ReplicaTask) {
    this.#replicaTask = replicaTask
    const { thread, replica, schema } = replicaTask
    const orders = new OrderSampling(thread.orderRecord, replica, schema)
    this.#orders = orders
    this.#recheck = new ImmediateRecheck(replicaTask, (judged, wasFalse) => {
      const { looks, ground, key, canonical = canonicalKeyOfText(key, schema) } = judged
      if (ground === 'order' && looks !== 'differing') orders.leave(canonical, looks, wasFalse)
    })
    this.#unconfirmed = new UnconfirmedSuspects(replicaTask, orders, this.#recheck)
  }

  /** Whether rechecks say that the two scans are in different orders. */
  get ordersDiffer(): boolean {
    const { sameAs, missing, differing, vanished, pending } = this.#replicaTask.count.soFar
    return this.#orders.ordersDiffer(sameAs + missing + differing + vanished + pending)
  }

  /**
   * Takes suspects one after the other; with `mayGoOver`, only while nothing says that the orders
   * differ. Returns how many it has taken.
   */
  addAll(
    suspects: readonly Suspect[],
    { mayGoOver }: { readonly mayGoOver: boolean },
    from = 0,
  ): number | Promise<number> {
    for (let at = from; at < suspects.length; at++) {
      if (at % CHECK_EVERY === 0 && mayGoOver && this.ordersDiffer) return at
      const adding = this.add(suspects[at] as Suspect)
      if (adding !== undefined) {
        return adding.then(() => this.addAll(suspects, { mayGoOver }, at + 1))
      }
    }
    return suspects.length
  }

  /** Takes a suspect; waits while as much is under way as allowed. */
  add(suspect: Suspect): MaybePromise {
    this.#recheck.throwFailure()
    const room = this.#replicaTask.roomForSuspects()
    return room === undefined ? this.#enter(suspect) : room.then(() => this.#enter(suspect))
  }

  /** Places a suspect, unless one of the tables may have its key in more than one spelling. */
  #enter(suspect: Suspect): MaybePromise {
    const { numberKeys } = this.#replicaTask.thread
    const trouble = numberKeys.troubleWith(this.#replicaTask, suspect)
    if (trouble === undefined) return this.#place(suspect)
    return this.#placeUnless(trouble, suspect, () => this.#place(suspect))
  }

  async #placeUnless(
    trouble: Trouble | Promise<Trouble>,
    suspect: Suspect,
    place: () => MaybePromise,
  ): Promise<void> {
    const unread = await trouble
    if (unread === undefined) await place()
    else await this.unread(suspect, unread)
  }

  /** What a record of this segment must keep: suspects that wait for its end, and keys in doubt. */
  get open(): Pick<SegmentRecord, 'deferred' | 'doubted'> {
    return { deferred: this.#unconfirmed.deferred, doubted: this.#orders.doubted }
  }

  /** Restores what was open when the segment was left. */
  async reopen({ strategy, unmatched, deferred, doubted }: SegmentRecord): Promise<void> {
    const { findExtras, count } = this.#replicaTask
    // The march had switched to lookup.
    if (strategy === 'lookup' && deferred.length > 0) this.orderIsBelied()
    for (const key of doubted) this.#orders.enter(key, 'unknown')
    this.#unconfirmed.readd(deferred)
    if (!findExtras) count.state('elsewhere', unmatched.replica.length)
    for (const key of unmatched.master) await this.#lookUp(key, 'missing')
    for (const key of findExtras ? unmatched.replica : []) await this.#lookUp(key, 'extra')
  }

  /** The two scans are in different orders: deferred suspects are not counted by the order. */
  orderIsBelied(): void {
    this.#orders.belie()
  }

  /** Counts and reports a key that the other side could not read. */
  unread(suspicion: Suspicion, unread: Unread): Promise<undefined> {
    return this.#recheck.unread(suspicion, unread)
  }

  /** Counts and reports an item of the master whose key cannot be told. */
  nameless(error: TablesyncError): Promise<undefined> {
    return this.#recheck.nameless(error)
  }

  /** Counts an equal pair. */
  async equal(key: KeyText, pair: BothSides): Promise<void> {
    await this.#recheck.equal(key, pair)
  }

  /** Ends all suspects that wait only for their recheck. */
  async flush(): Promise<void> {
    await this.#recheck.flush()
  }

  /** Waits for all jobs under way, whether they succeed or fail. */
  async drain(): Promise<void> {
    await this.#recheck.drain()
  }

  /** Ends every suspect. */
  async settle(): Promise<void> {
    await this.flush()
    await this.#unconfirmed.end('all')
    await this.flush()
  }

  /** Looks up a key that was read on one side before the segment was left, and had no match. */
  async #lookUp(key: KeyText, looks: 'missing' | 'extra'): Promise<void> {
    const { schema } = this.#replicaTask
    const found = keyedByText(key, schema)
    const suspect: Suspect = { key, looks, ground: 'key', master: undefined, replica: undefined }
    const { numberKeys } = this.#replicaTask.thread
    const trouble = await numberKeys.troubleWith(this.#replicaTask, suspect)
    if (trouble !== undefined) {
      await this.unread(suspect, trouble)
    } else if (this.#unconfirmed.takeTwin({ looks, found })) {
      await this.#meetTwin(suspect)
    } else {
      this.#orders.enter(canonicalKeyOfText(key, schema), looks)
      await this.#recheck.confirm(suspect)
    }
  }

  #place(suspect: Suspect): MaybePromise {
    if (suspect instanceof UnmatchedItem) return this.#placeAlone(suspect)
    const refusal = refusalOf(suspect.master)
    if (refusal !== undefined) return this.unread(suspect, refusal).then(() => {})
    const { differ } = this.#replicaTask.thread.rules
    if (differ === undefined || suspect.looks !== 'differing') return this.#placeByKey(suspect)
    return this.#placeUnlessEnded(suspect)
  }

  /** Places a suspect unless the user's hooks end it. */
  async #placeUnlessEnded(suspect: Suspect): Promise<void> {
    if (!(await this.#recheck.isEndedByRule(suspect))) await this.#placeByKey(suspect)
  }

  #placeByKey(suspect: Suspect): MaybePromise {
    const mayRecheck = this.#mayRecheck()
    if (!mayRecheck && !this.#isReadForRepair(suspect.looks))
      return this.#unconfirmed.count(suspect)
    // Only suspects within the budget may wait: they make no request of their own now.
    const isAtOnce = !mayRecheck || this.#recheck.isWorthwhile()
    return isAtOnce ? this.#recheck.confirm(suspect) : this.#recheck.postpone(suspect)
  }

  /** The other side's item was among the deferred ones: the two are a pair. */
  #meetTwin({ key, master, replica }: Suspect): MaybePromise {
    this.#orders.proveFalse()
    this.#replicaTask.count.matched()
    return this.#recheck.confirm({ looks: 'differing', ground: 'order', key, master, replica })
  }

  #placeAlone(suspect: UnmatchedItem): MaybePromise {
    if (this.#unconfirmed.takeTwin(suspect)) return this.#meetTwin(suspect)
    const isWitness = this.#orders.needsWitness(suspect)
    if (this.#orders.isFirstTest)
      return this.flush().then(() => this.#judgeAlone(suspect, isWitness))
    return this.#judgeAlone(suspect, isWitness)
  }

  #judgeAlone(suspect: UnmatchedItem, isWitness: boolean): MaybePromise {
    const { looks, found } = suspect
    // Another read says what became of the item. It is never counted as it was scanned.
    const isRefused = refusalOf(suspect.master) !== undefined
    if (isRefused || isWitness || this.#orders.isDoubted) return this.#confirmByOrder(suspect)
    const mayRecheck = this.#mayRecheck(suspect.isInARow)
    if (mayRecheck || this.#isReadForRepair(looks)) {
      if (!mayRecheck || this.#recheck.isWorthwhile()) return this.#confirmByOrder(suspect)
      this.#orders.wait(looks, found)
      return this.#recheck.postpone(suspect)
    }
    // The put is conditional, and so finds out as much as a read would.
    const isPut = this.#replicaTask.thread.setup.write[looks]
    return isPut ? this.#unconfirmed.count(suspect) : this.#unconfirmed.defer(suspect)
  }

  #confirmByOrder(suspect: UnmatchedItem): MaybePromise {
    const { canonical } = suspect
    this.#orders.enter(canonical, suspect.looks)
    return this.#recheck.confirm(suspect, canonical)
  }

  /** Whether a repair has to read the key anyway, or a write of ours may have made it a suspect. */
  #isReadForRepair(looks: DifferenceKind): boolean {
    const { thread, replica } = this.#replicaTask
    const { write, putsInBatches } = thread.setup
    if (looks === 'missing') return putsInBatches || thread.canary.isOut(replica)
    if (looks === 'extra') return write.missing || write.differing || write.extra
    return write.differing
  }

  #mayRecheck(isInARow = false): boolean {
    const { budget } = this.#replicaTask.thread
    const { replica } = this.#replicaTask
    return isInARow ? budget.claimInARow(replica) : budget.claim(replica)
  }
}

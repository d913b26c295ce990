/**
 * Triage of one replica in one segment: which are read again, and which are
 * counted as they look.
 *
 * A first look only makes a suspect. It is read again by key on both sides,
 * strongly consistent, before it counts; beyond the run's budget for that it
 * is counted on the word of the scan, and told as unconfirmed.
 */
import type { Unread } from '../../lib/dynamo/lookup-result.ts'
import { canonicalKeyOfText, type KeyText } from '../../lib/item/key.ts'
import { keyedByText } from '../../lib/item/key-page.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { SegmentRecord } from '../../lib/model/files/segment-record.ts'
import type { Trouble } from '../keys/number-keys.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import type { UnreadKey } from '../repair/outcomes.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { hasExpired } from '../verify/expired-items.ts'
import type { BothSides } from '../verify/sides.ts'
import { Deferred, type DeferredSuspect } from './deferred-suspects.ts'
import { ImmediateRecheck } from './immediate-recheck.ts'
import { OrderSampling } from './order-sampling.ts'
import { type Suspect, UnmatchedItem } from './suspect.ts'

/** Triage taken between two looks at what rechecks say of the orders. */
const CHECK_EVERY = 32

export class Triage {
  readonly #replicaTask: ReplicaTask
  readonly #trust: OrderSampling
  readonly #secondLook: ImmediateRecheck
  readonly #deferred: Deferred

  constructor(replicaTask: ReplicaTask) {
    this.#replicaTask = replicaTask
    const { thread, replica, schema } = replicaTask
    const trust = new OrderSampling(thread.orderRecord, replica, schema)
    this.#trust = trust
    this.#deferred = new Deferred(schema)
    this.#secondLook = new ImmediateRecheck(replicaTask, (judged, wasFalse) => {
      const { looks, ground, key, canonical = canonicalKeyOfText(key, schema) } = judged
      if (ground === 'order' && looks !== 'differing') trust.leave(canonical, looks, wasFalse)
    })
  }

  /** Whether rechecks say that the two scans are in different orders. */
  get ordersDiffer(): boolean {
    const { sameAs, missing, differing, vanished, pending } = this.#replicaTask.tally
    return this.#trust.ordersDiffer(sameAs + missing + differing + vanished + pending)
  }

  /**
   * Takes suspects one after the other, and with `mayGoOver` only as long as
   * nothing says that the orders differ. Returns how many it has taken.
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

  /** Takes a suspect; waits while as much is under way as may be. */
  add(suspect: Suspect): MaybePromise {
    this.#secondLook.throwFailure()
    const room = this.#replicaTask.roomForSuspects()
    return room === undefined ? this.#enter(suspect) : room.then(() => this.#enter(suspect))
  }

  /** Places a suspect, unless its key has more than one spelling to one of the tables. */
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

  /** What would be lost with this segment: suspects that wait for its end, and keys in doubt. */
  get open(): Pick<SegmentRecord, 'deferred' | 'doubted'> {
    return { deferred: this.#deferred.all(), doubted: this.#trust.doubted }
  }

  /** Takes up what was open when the segment was left. */
  async reopen({ strategy, unmatched, deferred, doubted }: SegmentRecord): Promise<void> {
    const { findExtras, tally } = this.#replicaTask
    // A march has gone over.
    if (strategy === 'lookup' && deferred.length > 0) this.orderIsBelied()
    for (const key of doubted) this.#trust.enter(key, 'unknown')
    for (const one of deferred) this.#deferred.readd(one)
    if (!findExtras) tally.elsewhere += unmatched.replica.length
    for (const key of unmatched.master) await this.#lookUp(key, 'missing')
    for (const key of findExtras ? unmatched.replica : []) await this.#lookUp(key, 'extra')
  }

  /** The two scans are in different orders: what is deferred is not counted on their word. */
  orderIsBelied(): void {
    this.#trust.belie()
  }

  /** Counts and names a key that the other side could not read. */
  unread(key: UnreadKey, unread: Unread): Promise<undefined> {
    return this.#secondLook.unread(key, unread)
  }

  /** Counts an equal pair. */
  async equal(key: KeyText, pair: BothSides): Promise<void> {
    await this.#secondLook.equal(key, pair)
  }

  /** Brings to their end all suspects that wait for nothing but their recheck. */
  async flush(): Promise<void> {
    await this.#secondLook.flush()
  }

  /** Waits for what is under way, whatever its end. */
  async drain(): Promise<void> {
    await this.#secondLook.drain()
  }

  /** Brings every suspect to its end. */
  async settle(): Promise<void> {
    await this.flush()
    await this.#endDeferred('all')
    await this.flush()
  }

  /** A key that was read on one side, before the segment was left, and had not met the other. */
  async #lookUp(key: KeyText, looks: 'missing' | 'extra'): Promise<void> {
    const { schema } = this.#replicaTask
    const found = keyedByText(key, schema)
    const suspect: Suspect = { key, looks, ground: 'key', master: undefined, replica: undefined }
    const { numberKeys } = this.#replicaTask.thread
    const trouble = await numberKeys.troubleWith(this.#replicaTask, suspect)
    if (trouble !== undefined) {
      await this.unread(suspect, trouble)
    } else if (this.#deferred.takeTwin({ looks, found })) {
      await this.#meetTwin(suspect)
    } else {
      this.#trust.enter(canonicalKeyOfText(key, schema), looks)
      await this.#secondLook.confirm(suspect)
    }
  }

  #place(suspect: Suspect): MaybePromise {
    if (suspect instanceof UnmatchedItem) return this.#placeAlone(suspect)
    const { differ } = this.#replicaTask.thread.rules
    if (differ === undefined || suspect.looks !== 'differing') return this.#placeByKey(suspect)
    return this.#placeUnlessEnded(suspect)
  }

  /** The user's rules may end it. */
  async #placeUnlessEnded(suspect: Suspect): Promise<void> {
    if (!(await this.#secondLook.isEndedByRule(suspect))) await this.#placeByKey(suspect)
  }

  #placeByKey(suspect: Suspect): MaybePromise {
    const mayRecheck = this.#mayRecheck()
    if (!mayRecheck && !this.#isReadForRepair(suspect.looks)) return this.#countUnconfirmed(suspect)
    // What waits without a request of its own keeps within the budget.
    const isAtOnce = !mayRecheck || this.#secondLook.isWorthwhile()
    return isAtOnce ? this.#secondLook.confirm(suspect) : this.#secondLook.postpone(suspect)
  }

  /** The other side's item has waited among those deferred: they are a pair. */
  #meetTwin({ key, master, replica }: Suspect): MaybePromise {
    this.#trust.proveFalse()
    this.#replicaTask.tally.matched++
    return this.#secondLook.confirm({ looks: 'differing', ground: 'order', key, master, replica })
  }

  #placeAlone(suspect: UnmatchedItem): MaybePromise {
    if (this.#deferred.takeTwin(suspect)) return this.#meetTwin(suspect)
    const isWitness = this.#trust.needsWitness(suspect)
    if (this.#trust.isFirstTest)
      return this.flush().then(() => this.#judgeAlone(suspect, isWitness))
    return this.#judgeAlone(suspect, isWitness)
  }

  #judgeAlone(suspect: UnmatchedItem, isWitness: boolean): MaybePromise {
    const { looks, found } = suspect
    if (isWitness || this.#trust.isDoubted) return this.#confirmByOrder(suspect)
    const mayRecheck = this.#mayRecheck(suspect.isInARow)
    if (mayRecheck || this.#isReadForRepair(looks)) {
      if (!mayRecheck || this.#secondLook.isWorthwhile()) return this.#confirmByOrder(suspect)
      this.#trust.wait(looks, found)
      return this.#secondLook.postpone(suspect)
    }
    // The put is conditional, and so finds out as much as a read would.
    if (this.#replicaTask.thread.setup.write[looks]) return this.#countUnconfirmed(suspect)
    this.#deferred.add(looks, found, hasExpired(this.#replicaTask, suspect))
    if (!this.#deferred.isFull) return undefined
    // What the witnesses say of the order comes before anything counts on its word.
    return this.flush().then(() => this.#endDeferred('overflow'))
  }

  #confirmByOrder(suspect: UnmatchedItem): MaybePromise {
    const { canonical } = suspect
    this.#trust.enter(canonical, suspect.looks)
    return this.#secondLook.confirm(suspect, canonical)
  }

  /** Whether a repair has to read the key again anyhow, or a write of ours may have made it a suspect. */
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

  #endDeferred(what: 'overflow' | 'all'): MaybePromise {
    if (this.#isAnyWanted) return this.#endOneByOne(what)
    const { missing, extra, expired } = this.#deferred.takeCounts(what)
    const { tally } = this.#replicaTask
    tally.missing += missing
    tally.extra += extra
    tally.unconfirmed += missing + extra
    tally.expired += expired
    return undefined
  }

  /** Whether somebody has to hear of each suspect that is counted unread, or may have a say in it. */
  get #isAnyWanted(): boolean {
    const { tellDifferences, newerWins, asked } = this.#replicaTask.thread.setup
    return this.#trust.isDoubted || tellDifferences || newerWins || asked.missing || asked.extra
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
    const { schema, tally } = this.#replicaTask
    const suspect = new UnmatchedItem(looks, found, schema)
    if (this.#trust.isDoubted) return this.#secondLook.confirm(suspect)
    if (!isExpired) return this.#countUnconfirmed(suspect)
    tally.expired++
    return undefined
  }

  #countUnconfirmed(suspect: Suspect): MaybePromise {
    const { looks, master, replica } = suspect
    if (hasExpired(this.#replicaTask, suspect)) {
      this.#replicaTask.tally.expired++
      return undefined
    }
    const { write } = this.#replicaTask.thread.setup
    if (looks === 'missing' && write.missing) return this.#secondLook.put(suspect)
    if (suspect instanceof UnmatchedItem) return this.#secondLook.leave(suspect)
    return this.#secondLook.leave({ verdict: looks, key: suspect.key, master, replica })
  }
}

/**
 * Suspects of one replica in one segment: which are read again, and which are
 * counted as they look.
 *
 * A first look only makes a suspect. It is read again by key on both sides,
 * strongly consistent, before it counts; beyond the run's budget for that it
 * is counted on the word of the scan, and told as unconfirmed.
 */
import { type CanonicalKey, canonicalKeyOfText, type KeyText } from '../item/key.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { SegmentRecord } from '../model/segment-record.ts'
import type { BothSides } from './both-sides.ts'
import { Deferred } from './deferred.ts'
import type { Done } from './done.ts'
import { hasExpired } from './expiry.ts'
import type { Investigation } from './investigation.ts'
import { OrderTrust } from './order-trust.ts'
import { SecondLook, type Suspect } from './second-look.ts'

export class Suspects {
  readonly #investigation: Investigation
  readonly #trust: OrderTrust
  readonly #secondLook: SecondLook
  readonly #deferred = new Deferred()

  constructor(investigation: Investigation) {
    this.#investigation = investigation
    const { thread, replica, schema } = investigation
    const trust = new OrderTrust(thread.orderRecord, replica)
    this.#trust = trust
    this.#secondLook = new SecondLook(investigation, ({ looks, ground, key }, wasFalse) => {
      if (ground === 'order' && looks !== 'differing') {
        trust.leave(canonicalKeyOfText(key, schema), wasFalse)
      }
    })
  }

  /** Whether rechecks say that the two scans are in different orders. */
  get ordersDiffer(): boolean {
    const { sameAs, missing, differing, vanished, pending } = this.#investigation.tally
    return this.#trust.ordersDiffer(sameAs + missing + differing + vanished + pending)
  }

  /** Takes a suspect; waits while as much is under way as may be. */
  add(suspect: Suspect): Done {
    this.#secondLook.throwFailure()
    const room = this.#investigation.roomForSuspects()
    return room === undefined ? this.#add(suspect) : room.then(() => this.#add(suspect))
  }

  /** What would be lost with this segment: suspects that wait for its end, and keys in doubt. */
  get open(): Pick<SegmentRecord, 'deferred' | 'doubted'> {
    return { deferred: this.#deferred.all(), doubted: this.#trust.doubted }
  }

  /** Takes up what was open when the segment was left. */
  async reopen({ strategy, unmatched, deferred, doubted }: SegmentRecord): Promise<void> {
    const { schema, findExtras, tally } = this.#investigation
    // A march has gone over.
    if (strategy === 'lookup' && deferred.length > 0) this.orderIsBelied()
    for (const key of doubted) this.#trust.enter(key)
    for (const one of deferred) {
      this.#deferred.add({ ...one, canonical: canonicalKeyOfText(one.key, schema) })
    }
    if (!findExtras) tally.elsewhere += unmatched.replica.length
    for (const key of unmatched.master) await this.#lookUp(key, 'missing')
    for (const key of findExtras ? unmatched.replica : []) await this.#lookUp(key, 'extra')
  }

  /** The two scans are in different orders: what is deferred is not counted on their word. */
  orderIsBelied(): void {
    this.#trust.belie()
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
    const canonical = canonicalKeyOfText(key, this.#investigation.schema)
    const suspect: Suspect = { key, looks, ground: 'key', master: undefined, replica: undefined }
    if (this.#deferred.takeTwin(looks, canonical) !== undefined) {
      await this.#meetTwin(suspect)
    } else {
      this.#trust.enter(canonical)
      await this.#secondLook.confirm(suspect)
    }
  }

  #add(suspect: Suspect): Done {
    const { differ } = this.#investigation.thread.rules
    if (differ === undefined || suspect.looks !== 'differing') return this.#place(suspect)
    return this.#placeUnlessEnded(suspect)
  }

  /** The user's rules may end it. */
  async #placeUnlessEnded(suspect: Suspect): Promise<void> {
    if (!(await this.#secondLook.isEndedByRule(suspect))) await this.#place(suspect)
  }

  #place(suspect: Suspect): Done {
    const { looks, ground } = suspect
    if (ground === 'order' && looks !== 'differing') return this.#addByOrder(suspect, looks)
    if (this.#isReadForRepair(looks) || this.#mayRecheck()) return this.#secondLook.confirm(suspect)
    return this.#countUnconfirmed(suspect)
  }

  /** The other side's item has waited among those deferred: they are a pair. */
  #meetTwin(suspect: Suspect): Done {
    this.#trust.proveFalse()
    this.#investigation.tally.matched++
    return this.#secondLook.confirm({ ...suspect, looks: 'differing', ground: 'order' })
  }

  #addByOrder(suspect: Suspect, looks: 'missing' | 'extra'): Done {
    const { schema } = this.#investigation
    const canonical = suspect.canonical ?? canonicalKeyOfText(suspect.key, schema)
    if (this.#deferred.takeTwin(looks, canonical) !== undefined) return this.#meetTwin(suspect)
    const isWitness = this.#trust.needsWitness(canonical)
    const place = () => this.#placeByOrder(suspect, looks, canonical, isWitness)
    return this.#trust.isFirstTest ? this.flush().then(place) : place()
  }

  #placeByOrder(
    suspect: Suspect,
    ...[looks, canonical, isWitness]: [
      looks: 'missing' | 'extra',
      canonical: CanonicalKey,
      isWitness: boolean,
    ]
  ): Done {
    if (isWitness || this.#trust.isDoubted || this.#isReadForRepair(looks) || this.#mayRecheck()) {
      this.#trust.enter(canonical)
      return this.#secondLook.confirm(suspect)
    }
    // The put is conditional, and so finds out as much as a read would.
    if (this.#investigation.thread.setup.write[looks]) return this.#countUnconfirmed(suspect)
    const isExpired = hasExpired(this.#investigation, suspect)
    this.#deferred.add({ looks, canonical, key: suspect.key, isExpired })
    return this.#deferred.isFull ? this.#endDeferred('overflow') : undefined
  }

  /** Whether a repair has to read the key again anyhow, or a write of ours may have made it a suspect. */
  #isReadForRepair(looks: DifferenceKind): boolean {
    const { thread, replica } = this.#investigation
    const { write, putsInBatches } = thread.setup
    if (looks === 'missing') return putsInBatches || thread.canary.isOut(replica)
    if (looks === 'extra') return write.missing || write.differing || write.extra
    return write.differing
  }

  #mayRecheck(): boolean {
    const { thread, replica } = this.#investigation
    return thread.budget.claim(replica)
  }

  async #endDeferred(what: 'overflow' | 'all'): Promise<void> {
    for (const { looks, key, isExpired } of this.#deferred.take(what)) {
      const unseen = { master: undefined, replica: undefined }
      const suspect: Suspect = { looks, key, ground: 'order', ...unseen }
      if (isExpired && !this.#trust.isDoubted) this.#investigation.tally.expired++
      else {
        const ending = this.#trust.isDoubted
          ? this.#secondLook.confirm(suspect)
          : this.#countUnconfirmed(suspect)
        if (ending !== undefined) await ending
      }
    }
  }

  #countUnconfirmed(suspect: Suspect): Done {
    const { looks, key, master, replica } = suspect
    if (hasExpired(this.#investigation, suspect)) {
      this.#investigation.tally.expired++
      return undefined
    }
    const { write } = this.#investigation.thread.setup
    if (looks === 'missing' && write.missing) return this.#secondLook.put(suspect)
    return this.#secondLook.leave({ verdict: looks, key, master, replica })
  }
}

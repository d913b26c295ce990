/**
 * Suspects of one replica in one segment, on their way to a verdict.
 *
 * A first look only makes a suspect. It is read again by key on both sides,
 * strongly consistent, before it counts; beyond the run's budget for that it
 * is counted as it looks, and told as unconfirmed.
 */
import type { FoundItem } from '../dynamo/lookup.ts'
import { canonicalKeyOfText, type KeyText } from '../item/key.ts'
import { itemEnd, itemStart } from '../item/page.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { Bytes } from '../model/units.ts'
import { allEnded } from './all-ended.ts'
import { type BothSides, lookUpBothSides } from './both-sides.ts'
import { Deferred } from './deferred.ts'
import type { Investigation } from './investigation.ts'
import { OrderTrust } from './order-trust.ts'
import { Repair } from './repair.ts'
import { judge } from './verdict.ts'

/** What a first look says of a key. */
interface Suspicion {
  readonly looks: DifferenceKind
  readonly key: KeyText
  /**
   * `order`: concluded from where the items stand in two scans. `key`: the
   * other side was asked for this very key.
   */
  readonly ground: 'order' | 'key'
}

/** A suspicion, with the items that the first look saw. */
export interface Suspect extends Suspicion, BothSides {}

/** A batch is rechecked when it has this weight, even if more keys would fit. */
const BATCH_BYTES: Bytes = 2 << 20

export class Suspects {
  readonly #investigation: Investigation
  readonly #repair: Repair
  readonly #trust: OrderTrust
  readonly #deferred = new Deferred()
  readonly #jobs = new Set<Promise<void>>()
  /** Without the items: they would keep whole pages from being let go. */
  #batch: Suspicion[] = []
  #batchBytes: Bytes = 0
  #failure: { readonly error: unknown } | undefined

  constructor(investigation: Investigation) {
    this.#investigation = investigation
    this.#repair = new Repair(investigation)
    const { thread, replica } = investigation
    this.#trust = new OrderTrust(thread.orderRecord, replica)
  }

  /** Whether rechecks say that the two scans are in different orders. */
  get ordersDiffer(): boolean {
    const { sameAs, missing, differing, gone } = this.#investigation.tally
    return this.#trust.ordersDiffer(sameAs + missing + differing + gone)
  }

  /** Takes a suspect; waits while as much is under way as may be. */
  async add(suspect: Suspect): Promise<void> {
    this.#throwFailure()
    const { looks, ground } = suspect
    if (ground === 'order' && looks !== 'differing') return this.#addByOrder(suspect, looks)
    if (this.#isReadForRepair(looks) || this.#mayRecheck()) return this.#confirm(suspect)
    return this.#countUnconfirmed(suspect)
  }

  /** Brings to their end all suspects that wait for nothing but their recheck. */
  async flush(): Promise<void> {
    await this.#dispatch()
    await this.drain()
    this.#throwFailure()
  }

  /** Waits for what is under way, whatever its end. */
  async drain(): Promise<void> {
    while (this.#jobs.size > 0) await Promise.all(this.#jobs)
  }

  /** Brings every suspect to its end. */
  async settle(): Promise<void> {
    await this.flush()
    await this.#endDeferred('all')
    await this.flush()
  }

  async #addByOrder(suspect: Suspect, looks: 'missing' | 'extra'): Promise<void> {
    const { schema } = this.#investigation
    const canonical = canonicalKeyOfText(suspect.key, schema)
    if (this.#deferred.takeTwin(looks, canonical) !== undefined) {
      this.#trust.proveFalse()
      return this.#confirm({ ...suspect, looks: 'differing' })
    }
    const isWitness = this.#trust.needsWitness(canonical)
    if (this.#trust.isFirstTest) await this.flush()
    if (isWitness || this.#trust.isDoubted || this.#isReadForRepair(looks) || this.#mayRecheck()) {
      this.#trust.enter(canonical)
      return this.#confirm(suspect)
    }
    // The put is conditional, and so finds out as much as a read would.
    if (this.#investigation.thread.setup.write[looks]) return this.#countUnconfirmed(suspect)
    this.#deferred.add({ looks, canonical, key: suspect.key })
    await this.#endDeferred('overflow')
  }

  /** Whether a repair has to read the key again anyhow, or a write of ours may have made it a suspect. */
  #isReadForRepair(looks: DifferenceKind): boolean {
    const { write } = this.#investigation.thread.setup
    if (looks === 'extra') return write.missing || write.differing || write.extra
    return looks === 'differing' && write.differing
  }

  #mayRecheck(): boolean {
    const { thread, replica } = this.#investigation
    return thread.budget.claim(replica)
  }

  async #endDeferred(what: 'overflow' | 'all'): Promise<void> {
    for (const { looks, key } of this.#deferred.take(what)) {
      const suspect: Suspect = {
        looks,
        key,
        ground: 'order',
        master: undefined,
        replica: undefined,
      }
      if (this.#trust.isDoubted) await this.#confirm(suspect)
      else await this.#countUnconfirmed(suspect)
    }
  }

  async #confirm({ looks, key, ground, master, replica }: Suspect): Promise<void> {
    this.#batch.push({ looks, key, ground })
    this.#batchBytes += weight(master) + weight(replica)
    const { batchReadLimit } = this.#investigation.thread.setup
    if (this.#batch.length >= batchReadLimit || this.#batchBytes >= BATCH_BYTES) {
      await this.#dispatch()
    }
  }

  async #countUnconfirmed(suspect: Suspect): Promise<void> {
    const { door, thread } = this.#investigation
    await door.writes.onSizeLessThan(1)
    const { looks, key, master, replica } = suspect
    const isPut = looks === 'missing' && thread.setup.write.missing
    this.#track(
      isPut
        ? this.#putUnread(suspect)
        : this.#repair.leave({ verdict: looks, key, master, replica }),
    )
  }

  /** Puts a missing item on the scan's word; where the put is refused, it is read again after all. */
  async #putUnread(suspect: Suspect): Promise<void> {
    const sides = await this.#repair.putUnread(suspect)
    if (sides !== undefined) await this.#conclude(suspect, sides)
  }

  async #dispatch(): Promise<void> {
    const batch = this.#batch
    if (batch.length === 0) return
    this.#batch = []
    this.#batchBytes = 0
    const { rechecks } = this.#investigation.door
    await rechecks.onSizeLessThan(1)
    this.#track(rechecks.add(() => this.#recheck(batch)))
  }

  /** Keeps count of what is under way, and the first failure. */
  #track(job: Promise<void>): void {
    const running = job
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => this.#jobs.delete(running))
    this.#jobs.add(running)
  }

  async #recheck(batch: readonly Suspicion[]): Promise<void> {
    const { tally, schema } = this.#investigation
    const keys = batch.map(({ key }) => key)
    const seen = await lookUpBothSides(this.#investigation, keys).catch((error: unknown) => {
      tally.unverified += batch.length
      throw error
    })
    await allEnded(
      batch.map((suspect) =>
        this.#conclude(suspect, seen(canonicalKeyOfText(suspect.key, schema))),
      ),
    )
  }

  async #conclude(suspect: Suspicion, now: BothSides): Promise<void> {
    const { thread, tally, findExtras, schema } = this.#investigation
    const { looks, ground, key } = suspect
    const { verdict, wasFalse } = judge(suspect, now, thread.comparer)
    if (ground === 'order' && looks !== 'differing') {
      this.#trust.leave(canonicalKeyOfText(key, schema), wasFalse)
    }
    switch (verdict) {
      case 'none':
        return
      case 'sameAs':
      case 'gone':
        tally[verdict]++
        return
      case 'extra-of-gone':
        tally.gone++
        if (!findExtras) return
        return this.#repair.end({ verdict: 'extra', key, ...now })
      default:
        return this.#repair.end({ verdict, key, ...now })
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

function weight(found: FoundItem | undefined): Bytes {
  return found === undefined
    ? 0
    : itemEnd(found.page, found.item) - itemStart(found.page, found.item)
}

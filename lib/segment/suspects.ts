/**
 * Suspects of one replica in one segment, on their way to a verdict.
 *
 * A first look only makes a suspect. It is read again by key on both sides,
 * strongly consistent, before it counts; beyond the run's budget for that it
 * is counted as it looks, and told as unconfirmed.
 */
import type { FoundItem } from '../dynamo/lookup.ts'
import { canonicalKeyOfText } from '../item/key.ts'
import { itemEnd, itemStart } from '../item/page.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { Bytes } from '../model/units.ts'
import { allEnded } from './all-ended.ts'
import type { Written } from './attempts.ts'
import { type BothSides, digestsOf, lookUpBothSides } from './both-sides.ts'
import { Deferred } from './deferred.ts'
import type { Investigation } from './investigation.ts'
import { OrderTrust } from './order-trust.ts'
import { readBack } from './read-back.ts'
import { Repair } from './repair.ts'
import { isDifference, judge, type Suspicion, sight } from './verdict.ts'

/** A suspicion, with the items that the first look saw. */
export interface Suspect extends Suspicion, BothSides {}

/** A batch is rechecked when it has this weight, even if more keys would fit. */
const BATCH_BYTES: Bytes = 2 << 20

/** Keys read just before they are written: few, so that no read grows old. */
export const WRITE_BATCH = 25

export class Suspects {
  readonly #investigation: Investigation
  readonly #repair: Repair
  readonly #trust: OrderTrust
  readonly #deferred = new Deferred()
  readonly #batchSize: number
  readonly #jobs = new Set<Promise<void>>()
  /** Without the items: they would keep whole pages from being let go. */
  #batch: Suspicion[] = []
  #batchBytes: Bytes = 0
  /** Missing items that are put without being read on the replica. */
  #unread: Suspicion[] = []
  #failure: { readonly error: unknown } | undefined

  constructor(investigation: Investigation) {
    this.#investigation = investigation
    this.#repair = new Repair(investigation)
    const { thread, replica } = investigation
    const { batchReadLimit, observation } = thread.setup
    this.#batchSize = observation.looksAgain
      ? batchReadLimit
      : Math.min(batchReadLimit, WRITE_BATCH)
    this.#trust = new OrderTrust(thread.orderRecord, replica)
  }

  /** Whether rechecks say that the two scans are in different orders. */
  get ordersDiffer(): boolean {
    const { sameAs, missing, differing, vanished, pending } = this.#investigation.tally
    return this.#trust.ordersDiffer(sameAs + missing + differing + vanished + pending)
  }

  /** Takes a suspect; waits while as much is under way as may be. */
  async add(suspect: Suspect): Promise<void> {
    this.#throwFailure()
    await this.#investigation.roomForSuspects()
    const { looks, ground } = suspect
    if (ground === 'order' && looks !== 'differing') return this.#addByOrder(suspect, looks)
    if (this.#isReadForRepair(looks) || this.#mayRecheck()) return this.#confirm(suspect)
    return this.#countUnconfirmed(suspect)
  }

  /** Brings to their end all suspects that wait for nothing but their recheck. */
  async flush(): Promise<void> {
    await this.#dispatch()
    await this.#dispatchUnread()
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
      this.#investigation.tally.matched++
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
    if (this.#batch.length >= this.#batchSize || this.#batchBytes >= BATCH_BYTES) {
      await this.#dispatch()
    }
  }

  async #countUnconfirmed(suspect: Suspect): Promise<void> {
    const { door, thread } = this.#investigation
    const { looks, key, master, replica } = suspect
    if (looks === 'missing' && thread.setup.write.missing) return this.#putUnread(suspect)
    await door.writes.onSizeLessThan(1)
    this.#track(this.#repair.leave({ verdict: looks, key, master, replica }))
  }

  /** Gathers missing items that are put on the scan's word. */
  async #putUnread({ looks, key, ground }: Suspect): Promise<void> {
    this.#unread.push({ looks, key, ground })
    if (this.#unread.length >= WRITE_BATCH) await this.#dispatchUnread()
  }

  async #dispatchUnread(): Promise<void> {
    const batch = this.#unread
    if (batch.length === 0) return
    this.#unread = []
    const { rechecks } = this.#investigation.door
    await rechecks.onSizeLessThan(1)
    this.#track(rechecks.add(() => this.#putAll(batch)))
  }

  /** Puts what the master still has; where a put is refused, the key is read again after all. */
  async #putAll(batch: readonly Suspicion[]): Promise<void> {
    const { tally, master, masterTally, schema } = this.#investigation
    const keys = batch.map(({ key }) => key)
    const { found, readUnits } = await master
      .lookUp(keys, { consistent: true })
      .catch((error: unknown) => {
        tally.unverified += batch.length
        throw error
      })
    masterTally.readUnits += readUnits
    const written: Written[] = []
    await allEnded(
      batch.map(async (suspicion) => {
        const { key } = suspicion
        const item = found.get(canonicalKeyOfText(key, schema))
        if (item === undefined) {
          tally.vanished++
          return
        }
        const found_ = { verdict: 'missing', key, master: item, replica: undefined } as const
        const put = await this.#repair.putUnread(found_)
        if (put === undefined) return
        const done = 'left' in put ? put : await this.#conclude(suspicion, put)
        if (done !== undefined) written.push(done)
      }),
    )
    await readBack(this.#investigation, this.#repair, written)
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
    const { tally } = this.#investigation
    const keys = batch.map(({ key }) => key)
    const seen = await lookUpBothSides(this.#investigation, keys).catch((error: unknown) => {
      tally.unverified += batch.length
      throw error
    })
    const written: Written[] = []
    await allEnded(
      batch.map(async (suspicion) => {
        const done = await this.#conclude(suspicion, seen(suspicion.key))
        if (done !== undefined) written.push(done)
      }),
    )
    await readBack(this.#investigation, this.#repair, written)
  }

  /** Ends a suspect by what both sides hold, or has it looked at again before it counts. */
  async #conclude(suspicion: Suspicion, sides: BothSides): Promise<Written | undefined> {
    const { thread, tally, schema, replica, tell } = this.#investigation
    const { looks, ground, key } = suspicion
    const seen = digestsOf(sides, thread.comparer)
    const { verdict, wasFalse } = judge(suspicion, seen)
    if (ground === 'order' && looks !== 'differing') {
      this.#trust.leave(canonicalKeyOfText(key, schema), wasFalse)
    }
    if (!isDifference(verdict) || !thread.setup.observation.looksAgain) {
      return this.#repair.settle({ verdict, key, ...sides })
    }
    tally.pending++
    await tell({ type: 'look-again', replica, sighting: sight(suspicion, seen, Date.now()) })
    return undefined
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

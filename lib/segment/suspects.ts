/**
 * Suspects of one replica in one segment, on their way to a verdict.
 *
 * A first look only makes a suspect. It is read again by key on both sides,
 * strongly consistent, before it counts; beyond the run's budget for that it
 * is counted as it looks, and told as unconfirmed. What rests on the order of
 * two scans alone is trusted that far only while rechecks bear it out.
 */

import type { FoundItem } from '../dynamo/lookup.ts'
import { canonicalKeyOfText, type KeyText } from '../item/key.ts'
import { itemEnd, itemStart } from '../item/page.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { Bytes } from '../model/units.ts'
import { type BothSides, lookUpBothSides } from './both-sides.ts'
import type { Investigation } from './investigation.ts'
import { Repair } from './repair.ts'
import { judge } from './verdict.ts'

/** What a first look says of a key, with the items it saw. */
export interface Suspect extends BothSides {
  readonly looks: DifferenceKind
  readonly key: KeyText
  /**
   * `order`: concluded from where the items stand in two scans. `key`: the
   * other side was asked for this very key.
   */
  readonly ground: 'order' | 'key'
}

/** A batch is rechecked when it has this weight, even if more keys would fit. */
const BATCH_BYTES: Bytes = 2 << 20

/** Of this many suspects by order, the first batch is confirmed whatever the budget says. */
const WITNESS_EVERY = 16

/** From so many false suspects on, a doubt about the order is more than chance. */
const TELLING = 64

export class Suspects {
  readonly #investigation: Investigation
  readonly #repair: Repair
  readonly #jobs = new Set<Promise<void>>()
  #batch: Suspect[] = []
  #batchBytes = 0
  #failure: { readonly error: unknown } | undefined
  /** Suspects by order: how many came, were confirmed, and proved false. */
  readonly #byOrder = { seen: 0, rechecked: 0, false: 0 }

  constructor(investigation: Investigation) {
    this.#investigation = investigation
    this.#repair = new Repair(investigation)
  }

  /** Whether so many suspects proved false that the two scans cannot be in one order. */
  get ordersDiffer(): boolean {
    const { rechecked, false: wrong } = this.#byOrder
    return wrong >= TELLING && wrong * 2 > rechecked
  }

  /** Takes a suspect; waits while as much is under way as may be. */
  async add(suspect: Suspect): Promise<void> {
    this.#throwFailure()
    if (!this.#mustConfirm(suspect)) return this.#countUnconfirmed(suspect)
    this.#batch.push(suspect)
    this.#batchBytes += weight(suspect.master) + weight(suspect.replica)
    const { batchReadLimit } = this.#investigation.thread.setup
    if (this.#batch.length >= batchReadLimit || this.#batchBytes >= BATCH_BYTES) {
      await this.#dispatch()
    }
  }

  /** Brings every suspect to its end. */
  async settle(): Promise<void> {
    await this.#dispatch()
    while (this.#jobs.size > 0) await Promise.all(this.#jobs)
    this.#throwFailure()
  }

  #mustConfirm({ looks, ground }: Suspect): boolean {
    const { thread, replica } = this.#investigation
    // The repair of a differing item begins with these same two reads.
    if (looks === 'differing' && thread.setup.write.differing) return true
    if (ground === 'order' && looks !== 'differing' && this.#needsWitness()) return true
    return thread.budget.claim(replica)
  }

  #needsWitness(): boolean {
    const { batchReadLimit } = this.#investigation.thread.setup
    const { seen, rechecked, false: wrong } = this.#byOrder
    this.#byOrder.seen++
    return seen % (batchReadLimit * WITNESS_EVERY) < batchReadLimit || wrong * 20 > rechecked
  }

  async #countUnconfirmed({ looks, key, master, replica }: Suspect): Promise<void> {
    const { tally, door } = this.#investigation
    tally.unconfirmed++
    await door.writes.onSizeLessThan(1)
    this.#track(this.#repair.end({ verdict: looks, key, master, replica }, 'unconfirmed'))
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

  async #recheck(batch: readonly Suspect[]): Promise<void> {
    const { tally, schema } = this.#investigation
    const keys = batch.map(({ key }) => key)
    const seen = await lookUpBothSides(this.#investigation, keys).catch((error: unknown) => {
      tally.unverified += batch.length
      throw error
    })
    await Promise.all(
      batch.map((suspect) =>
        this.#conclude(suspect, seen(canonicalKeyOfText(suspect.key, schema))),
      ),
    )
  }

  async #conclude(suspect: Suspect, now: BothSides): Promise<void> {
    const { thread, tally, findExtras } = this.#investigation
    const { verdict, wasFalse } = judge(suspect, now, thread.comparer)
    if (suspect.ground === 'order' && suspect.looks !== 'differing') {
      this.#byOrder.rechecked++
      if (wasFalse) this.#byOrder.false++
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
        return this.#repair.end({ verdict: 'extra', key: suspect.key, ...now }, 'confirmed')
      default:
        return this.#repair.end({ verdict, key: suspect.key, ...now }, 'confirmed')
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

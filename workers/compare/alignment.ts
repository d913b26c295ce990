/**
 * Two scans side by side, matched by key. Traversal only: what a pair or a
 * lonely item means is for the listener, where the next page comes from is for
 * the caller.
 *
 * While both sides stand at equal keys they go in step and nothing is
 * remembered. Where they part, items wait in a window per side until their
 * counterpart comes. A match is the watermark: the sides agree on order there,
 * so whatever is older and still unmatched is alone. Where a probe has said that
 * one side has a run that the other lacks, what it brings up to the next match
 * is alone at once. Either may be wrong, for order is no promise of DynamoDB's;
 * being alone is a suspicion and no verdict.
 */
import { alikeToEnd } from '../../lib/item/bytes/alike.ts'
import { theKernel } from '../../lib/item/kernel/kernel.ts'
import { sameKeyBytes } from '../../lib/item/key.ts'
import { type Keyed, keyed } from '../../lib/item/key-hash.ts'
import type { ItemPage } from '../../lib/item/page.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import type { Bytes } from '../../lib/model/units.ts'
import type { Place } from '../keys/key-index.ts'
import { ProbeSchedule } from './probe-schedule.ts'
import {
  checkPlace,
  goOn,
  hasItem,
  type InHand,
  isDone,
  newSideCursor,
  placeIn,
  type SideCursor,
} from './side-cursor.ts'
import type { Window } from './unmatched-window.ts'

export type Side = 'master' | 'replica'

export interface AlignmentListener {
  /** So many pairs that are surely equal, and were not looked at one by one. Undefined: every pair is wanted. */
  readonly alike?: ((count: number) => void) | undefined
  pair(master: ItemPage, masterItem: number, replica: ItemPage, replicaItem: number): void
  /**
   * The item's page may be let go at the next feed, unless it is kept.
   * `isPassed`: the other side is at or behind its place, if the orders agree.
   */
  alone(side: Side, item: Keyed, isPassed: boolean): void
  /** A side has returned an item once more, and the one before it is forgotten. */
  again(): void
}

/**
 * What the alignment needs to go on: a side's next page, a probe, that somebody
 * takes heed of what was told, or nothing any more.
 */
export type Need = Side | 'probe' | 'heed' | 'end'

/** What a probe found: from which sides to read on, or that both windows are alone. */
export type Direction = Side | 'both' | 'settle'

export interface AlignmentOptions {
  readonly schema: KeySchema
  /** A window heavier than this gives up its oldest entries as alone. */
  readonly windowBytes: Bytes
}

/** Items told one by one before somebody has to take heed of them. */
const HEED_EVERY = 256

const otherSide = (side: Side): Side => (side === 'master' ? 'replica' : 'master')

export class Alignment {
  readonly #options: AlignmentOptions
  readonly #listener: AlignmentListener
  readonly #lanes: { readonly [side in Side]: SideCursor }
  #direction: Side | 'both' = 'both'
  readonly #probes = new ProbeSchedule()
  #unheeded = 0
  /** Whether the pages in hand may go on alike; found out at most once a page and match. */
  #maybeAlike = true

  constructor(options: AlignmentOptions, listener: AlignmentListener) {
    this.#options = options
    this.#lanes = { master: newSideCursor(options.schema), replica: newSideCursor(options.schema) }
    this.#listener = listener
  }

  window(side: Side): Window {
    return this.#lanes[side].window
  }

  /** Whether no page is to come on either side. */
  get isAtEnd(): boolean {
    return isDone(this.#lanes.master) && isDone(this.#lanes.replica)
  }

  /** The page in hand of a side, and how many of its items were taken. Undefined: none is. */
  place(side: Side): { readonly page: ItemPage; readonly taken: number } | undefined {
    const { page, at } = this.#lanes[side]
    return page && { page, taken: at }
  }

  /** Gives a side its next page; undefined says that it has ended. */
  feed(side: Side, page: ItemPage | undefined): void {
    const lane = this.#lanes[side]
    lane.page?.release?.()
    lane.page = page
    lane.at = 0
    lane.offset = page?.extent?.start
    this.#maybeAlike = true
    lane.ended = page === undefined
    if (page !== undefined && page.count > 0) this.#probes.page()
  }

  /** Goes on until something is needed. */
  advance(): Need {
    for (;;) {
      if (this.#isInStep) this.#goInStep()
      const side = this.#nextSide()
      if (side === undefined) {
        if (this.#probes.isDueAtEnd(this.#waiting)) return 'probe'
        this.#settleAll(true)
        return 'end'
      }
      const lane = this.#lanes[side]
      const isBetween = this.#direction === 'both'
      if (isBetween && this.#probes.isDueForItems(this.#waiting)) return 'probe'
      if (this.#unheeded >= HEED_EVERY) {
        this.#unheeded = 0
        return 'heed'
      }
      if (hasItem(lane)) this.#take(side, this.#current(lane))
      else return this.#probes.isDueForPages(this.#waiting) ? 'probe' : side
    }
  }

  /** Answers a probe. */
  direct(direction: Direction): void {
    this.#direction = direction === 'settle' ? 'both' : direction
    // The oldest are alone; of the youngest it may only be that the other side has not come to them.
    if (direction === 'settle') this.#settleAll(false)
    this.#probes.answered(this.#waiting)
  }

  /** What is left of the page in hand, and of the window: everything unmatched. */
  takeUnmatched(side: Side): Keyed[] {
    const lane = this.#lanes[side]
    const unmatched = lane.window.takeOlder()
    while (hasItem(lane)) unmatched.push(this.#current(lane))
    for (const { page } of unmatched) page.keep?.()
    return unmatched
  }

  /** Nothing waits for its counterpart. */
  get #isInStep(): boolean {
    return this.window('master').size === 0 && this.window('replica').size === 0
  }

  #goInStep(): void {
    const { master, replica } = this.#lanes
    while (hasItem(master) && hasItem(replica)) {
      if (this.#skipAlike(master, replica)) continue
      checkPlace(master)
      checkPlace(replica)
      if (this.#skipEqual(master, replica)) continue
      if (!sameKeyBytes(master.page, master.at, replica.page, replica.at)) return
      this.#listener.pair(master.page, master.at++, replica.page, replica.at++)
      this.#probes.inStep()
    }
  }

  /** Goes to the end of a page at once, if all up to there is the same on the other. */
  #skipAlike(master: InHand, replica: InHand): boolean {
    const { alike } = this.#listener
    if (alike === undefined || !this.#maybeAlike) return false
    this.#maybeAlike = false
    const [a, b] = [placeIn(master), placeIn(replica)]
    const stretch = a && b && alikeToEnd(a, b)
    if (stretch === undefined) return false
    alike(stretch.count)
    goOn(master, stretch.count, stretch.a)
    goOn(replica, stretch.count, stretch.b)
    this.#probes.inStep()
    return true
  }

  /** Goes along pairs that are surely equal. */
  #skipEqual(master: InHand, replica: InHand): boolean {
    const { alike } = this.#listener
    if (alike === undefined) return false
    const count = theKernel().equalRun(master.page, master.at, replica.page, replica.at)
    if (count === 0) return false
    alike(count)
    master.at += count
    replica.at += count
    this.#probes.inStep()
    return true
  }

  /** The side that is behind, by what waits for it; undefined when both have ended. */
  #nextSide(): Side | undefined {
    const { master, replica } = this.#lanes
    if (isDone(master)) return isDone(replica) ? undefined : 'replica'
    if (isDone(replica)) return 'master'
    if (this.#direction !== 'both') return this.#direction
    // Nothing has to be remembered while there is something on both sides.
    if (this.#isInStep && hasItem(master) && !hasItem(replica)) return 'replica'
    return master.window.size <= replica.window.size ? 'master' : 'replica'
  }

  #take(side: Side, entry: Keyed): void {
    const other = this.#lanes[otherSide(side)]
    const place = other.window.find(entry)
    if (place !== undefined) this.#match(side, entry, place)
    else if (this.#isSurplus(side, other)) this.#alone(side, entry, true)
    else this.#wait(side, entry)
  }

  /** Whether what a side brings now is alone if it does not match: there is nothing to wait for, or a probe has said that the other side lacks it. */
  #isSurplus(side: Side, other: SideCursor): boolean {
    return this.#direction === side || (isDone(other) && other.window.size === 0)
  }

  /** Pairs an item with the one that stands at `place` of the other side's window. */
  #match(side: Side, entry: Keyed, place: Place): void {
    const other = otherSide(side)
    this.#direction = 'both'
    this.#maybeAlike = true
    this.#probes.match()
    const older = this.window(other).takeOlder(place)
    const match = this.window(other).take(place)
    const [master, replica] = side === 'master' ? [entry, match] : [match, entry]
    this.#listener.pair(master.page, master.item, replica.page, replica.item)
    // All of this side's window was read before the item just taken.
    this.#settle(side, this.window(side).takeOlder(), true)
    this.#settle(other, older, true)
  }

  #wait(side: Side, entry: Keyed): void {
    const window = this.window(side)
    entry.page.keep?.()
    if (window.add(entry)) this.#listener.again()
    while (window.bytes > this.#options.windowBytes && window.pages > 1) {
      const oldest = window.takeOldest()
      if (oldest === undefined) return
      this.#alone(side, oldest, false)
    }
  }

  #current(lane: InHand): Keyed {
    checkPlace(lane)
    return keyed(lane.page, lane.at++, this.#options.schema)
  }

  /** Items that wait on either side, at the least. */
  get #waiting(): number {
    return Math.min(this.window('master').size, this.window('replica').size)
  }

  #settleAll(arePassed: boolean): void {
    this.#settle('master', this.window('master').takeOlder(), arePassed)
    this.#settle('replica', this.window('replica').takeOlder(), arePassed)
  }

  #settle(side: Side, items: readonly Keyed[], arePassed: boolean): void {
    for (const item of items) this.#alone(side, item, arePassed)
  }

  #alone(side: Side, item: Keyed, isPassed: boolean): void {
    this.#unheeded++
    this.#listener.alone(side, item, isPassed)
  }
}

/**
 * Walks two scans side by side and matches their items by key. It only traverses: the listener
 * decides what a pair or a lonely item means, and the caller where the next page comes from.
 *
 * While both sides are at equal keys, they go in step and nothing is remembered. Where they part,
 * items wait in a window per side for their counterpart. A match is the watermark: there the sides
 * agree on the order, so that older items without a match are alone. If a probe has said that a
 * side has a run that the other lacks, its items up to the next match are alone at once. Both may
 * be wrong, since DynamoDB promises no order: to be alone is a suspicion and no verdict.
 */
import { ItemCopies } from '../../lib/item/item-copies.ts'
import type { Keyed } from '../../lib/item/key-hash.ts'
import type { ItemPage } from '../../lib/item/page.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import type { Bytes } from '../../lib/model/units.ts'
import type { Place } from '../keys/key-index.ts'
import { ProbeSchedule } from './probe-schedule.ts'
import { SideCursor } from './side-cursor.ts'
import { type PairListener, Steps } from './steps.ts'
import type { Window } from './unmatched-window.ts'

export type Side = 'master' | 'replica'

export interface AlignmentListener extends PairListener {
  /**
   * The item's page may be released at the next `feed`. `isPassed`: the other
   * side is at or behind the item's place, if the orders agree.
   */
  alone(side: Side, item: Keyed, isPassed: boolean): void
  /** A side has returned an item again; the one before is forgotten. */
  again(): void
}

/**
 * What the alignment needs to go on: a side's next page, a probe, or that the caller handles the
 * items that it has reported (`heed`). `end`: it needs nothing more.
 */
export type Need = Side | 'probe' | 'heed' | 'end'

/** The answer of a probe: which sides to read on, or that both windows are alone. */
export type Direction = Side | 'both' | 'settle'

export interface AlignmentOptions {
  readonly schema: KeySchema
  /** A window heavier than this gives up its oldest items as alone. */
  readonly windowBytes: Bytes
}

/** How many lonely items it reports before the caller has to handle them. */
const HEED_EVERY = 256

const otherSide = (side: Side): Side => (side === 'master' ? 'replica' : 'master')

export class Alignment {
  readonly #options: AlignmentOptions
  readonly #listener: AlignmentListener
  readonly #cursors: { readonly [side in Side]: SideCursor }
  #direction: Side | 'both' = 'both'
  readonly #probes = new ProbeSchedule()
  #unheeded = 0
  readonly #steps: Steps

  constructor(options: AlignmentOptions, listener: AlignmentListener) {
    this.#options = options
    const copies = new ItemCopies()
    this.#cursors = {
      master: new SideCursor(options.schema, copies),
      replica: new SideCursor(options.schema, copies),
    }
    this.#listener = listener
    this.#steps = new Steps(this.#cursors, listener, this.#probes)
  }

  window(side: Side): Window {
    return this.#cursors[side].window
  }

  /** Whether no page is left on either side. */
  get isAtEnd(): boolean {
    return this.#cursors.master.isDone && this.#cursors.replica.isDone
  }

  /** The page in hand of a side, and how many of its items were taken. Undefined: there is none. */
  place(side: Side): { readonly page: ItemPage; readonly taken: number } | undefined {
    const { page, at } = this.#cursors[side]
    return page && { page, taken: at }
  }

  /** Gives a side its next page; undefined: the side has ended. */
  feed(side: Side, page: ItemPage | undefined): void {
    this.#cursors[side].feed(page)
    if (page !== undefined && page.count > 0) this.#probes.page()
  }

  /** Goes on until it needs something. */
  advance(): Need {
    for (;;) {
      if (this.#isInStep) this.#steps.go()
      const side = this.#nextSide()
      if (side === undefined) {
        if (this.#probes.isDueAtEnd(this.#waiting)) return 'probe'
        this.#settleAll(true)
        return 'end'
      }
      const cursor = this.#cursors[side]
      const isBetween = this.#direction === 'both'
      if (isBetween && this.#probes.isDueForItems(this.#waiting)) return 'probe'
      if (this.#unheeded >= HEED_EVERY) {
        this.#unheeded = 0
        return 'heed'
      }
      if (cursor.hasItem) this.#take(side, cursor.take())
      else return this.#probes.isDueForPages(this.#waiting) ? 'probe' : side
    }
  }

  /** Answers a probe. */
  direct(direction: Direction): void {
    this.#direction = direction === 'settle' ? 'both' : direction
    // The oldest are alone; for the youngest, the other side may only not have come that far.
    if (direction === 'settle') this.#settleAll(false)
    this.#probes.answered(this.#waiting)
  }

  /**
   * Takes what is left of the page in hand and of the window: everything unmatched. The page in hand
   * is never released then.
   */
  takeUnmatched(side: Side): Keyed[] {
    const cursor = this.#cursors[side]
    const unmatched = cursor.window.takeOlder()
    while (cursor.hasItem) unmatched.push(cursor.take())
    return unmatched
  }

  /** Whether nothing waits for its counterpart. */
  get #isInStep(): boolean {
    return this.window('master').size === 0 && this.window('replica').size === 0
  }

  /** The side to read on: the one with fewer items waiting; undefined when both have ended. */
  #nextSide(): Side | undefined {
    const { master, replica } = this.#cursors
    if (master.isDone) return replica.isDone ? undefined : 'replica'
    if (replica.isDone) return 'master'
    if (this.#direction !== 'both') return this.#direction
    // Nothing has to be remembered while both sides have an item.
    if (this.#isInStep && master.hasItem && !replica.hasItem) return 'replica'
    return master.window.size <= replica.window.size ? 'master' : 'replica'
  }

  #take(side: Side, entry: Keyed): void {
    const other = this.#cursors[otherSide(side)]
    const place = other.window.find(entry)
    if (place !== undefined) this.#match(side, entry, place)
    else if (this.#isSurplus(side, other)) this.#alone(side, entry, true)
    else this.#wait(side, entry)
  }

  /**
   * Whether an unmatched item of a side is alone: it can wait for nothing, or a probe has said so.
   */
  #isSurplus(side: Side, other: SideCursor): boolean {
    return this.#direction === side || (other.isDone && other.window.size === 0)
  }

  /** Pairs an item with the one at `place` of the other side's window. */
  #match(side: Side, entry: Keyed, place: Place): void {
    const other = otherSide(side)
    this.#direction = 'both'
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
    if (window.add(this.#cursors[side].lasting(entry))) this.#listener.again()
    while (window.bytes > this.#options.windowBytes && window.pages > 1) {
      const oldest = window.takeOldest()
      if (oldest === undefined) return
      this.#alone(side, oldest, false)
    }
  }

  /** How many items wait at least on either side. */
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

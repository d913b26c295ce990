/**
 * The march: scans both tables in step, and reads each once. It ends with the segment, or if the
 * two scans turn out to be in different orders.
 */
import type { FoundItem } from '../../lib/dynamo/lookup-result.ts'
import { ItemCopies } from '../../lib/item/item-copies.ts'
import { type KeyText, keyTextOf } from '../../lib/item/key.ts'
import type { ItemPage } from '../../lib/item/page.ts'
import type { Cursor } from '../../lib/model/files/segment-record.ts'
import type { Bytes } from '../../lib/model/units.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { type Suspect, UnmatchedItem } from '../suspects/suspect.ts'
import type { Triage } from '../suspects/triage.ts'
import type { BothSides } from '../verify/sides.ts'
import { Alignment, type Side } from './alignment.ts'
import { directionOf, probe } from './order-probe.ts'
import { nextUnlessEnded, type PageSource } from './segment-pages.ts'

const WINDOW_BYTES: Bytes = 4 << 20

/** Up to this many items alone, with no pair between, are normal suspects; more are in a row. */
const MOST_SINGLE = 16

/** Contradicting probes in a row that make a pattern. */
const STRIKES = 3

export interface March {
  readonly pages: { readonly [side in Side]: PageSource }
  readonly mayGoOver: boolean
  /** Asked between pages; true ends the march early. */
  readonly isOver: () => boolean
  /** Called between pages, with the position from which the march could continue. */
  readonly onPause: (whereabouts: () => Whereabouts) => Promise<void>
}

/** The position of a march: how far each scan was read, and what waits for its counterpart. */
export interface Whereabouts {
  readonly cursors: { readonly [side in Side]: Cursor }
  readonly unmatched: { readonly [side in Side]: readonly KeyText[] }
  /** Items of the pages in hand that were not taken yet. */
  readonly untaken: { readonly [side in Side]: number }
}

/**
 * `orders-differ` returns what was read on either side and has not met its counterpart; the streams
 * go on after it.
 */
export type MarchEnd =
  | { readonly end: 'finished' | 'stopped' }
  | { readonly end: 'orders-differ'; readonly unmatched: { readonly [side in Side]: FoundItem[] } }

export async function march(
  replicaTask: ReplicaTask,
  suspects: Triage,
  { pages, mayGoOver, isOver, onPause }: March,
): Promise<MarchEnd> {
  const { count, thread, schema, findExtras } = replicaTask
  const copies = new ItemCopies()
  const pending: Suspect[] = []
  /** How many items were alone, one after the other, on either side. */
  let inARow = 0
  const matches: { readonly key: KeyText; readonly pair: BothSides }[] = []
  const concernsEqual = thread.rules.matches !== undefined || replicaTask.intents.size > 0
  const alignment = new Alignment(
    { schema, windowBytes: WINDOW_BYTES },
    {
      alike: concernsEqual ? undefined : alike,
      pair(master, i, replica, j) {
        count.matched()
        inARow = 0
        if (thread.comparer.equal(master, i, replica, j)) {
          if (concernsEqual) matches.push(pairOf(master, i, replica, j))
          else count.state('sameAs')
        } else pending.push(differing(master, i, replica, j))
      },
      alone(side, found, isPassed) {
        if (side === 'replica' && !findExtras) {
          count.state('elsewhere')
          return
        }
        const looks = side === 'master' ? 'missing' : 'extra'
        // Without extras, nothing would show that the other side has the item after all.
        const isInARow = isPassed && findExtras && ++inARow > MOST_SINGLE
        pending.push(new UnmatchedItem(looks, found, schema, isInARow))
      },
      again() {
        count.matched()
      },
    },
  )
  function alike(pairs: number): void {
    inARow = 0
    count.matched(pairs)
    count.state('sameAs', pairs)
  }

  let strikes = 0
  for (;;) {
    const need = alignment.advance()
    for (const { key, pair } of matches.splice(0)) await suspects.equal(key, pair)
    if ((await handOver()) === 'orders-differ') return differentOrders()
    if (need === 'end') return { end: 'finished' }
    if (need === 'heed') continue
    if (need === 'probe') {
      const direction = directionOf(await probe(replicaTask, alignment))
      strikes = direction === undefined ? strikes + 1 : 0
      if (mayGoOver && (strikes >= STRIKES || (strikes > 0 && alignment.isAtEnd))) {
        return differentOrders()
      }
      alignment.direct(direction ?? 'both')
      continue
    }
    await onPause(whereabouts)
    if (isOver()) return leaveHere()
    const page = await nextUnlessEnded(pages[need])
    if (page === 'ended') {
      // The message to stop may arrive after this.
      await onPause(whereabouts)
      return leaveHere()
    }
    alignment.feed(need, page)
  }

  function leaveHere(): MarchEnd {
    replicaTask.wasCutShort = true
    return { end: 'stopped' }
  }

  /** Hands over what is pending, while nothing says that the orders differ. */
  async function handOver(): Promise<'handed-over' | 'orders-differ'> {
    const taken = suspects.addAll(pending, { mayGoOver })
    pending.splice(0, typeof taken === 'number' ? taken : await taken)
    const isBelied = mayGoOver && suspects.ordersDiffer
    return pending.length > 0 || isBelied ? 'orders-differ' : 'handed-over'
  }

  function whereabouts(): Whereabouts {
    const unmatchedOn = (side: Side) =>
      alignment
        .window(side)
        .all()
        .map(({ page, item }) => keyTextOf(page, item, schema))
    const untakenOf = (side: Side) => {
      const place = alignment.place(side)
      return place === undefined ? 0 : place.page.count - place.taken
    }
    return {
      cursors: { master: cursorOf('master'), replica: cursorOf('replica') },
      unmatched: { master: unmatchedOn('master'), replica: unmatchedOn('replica') },
      untaken: { master: untakenOf('master'), replica: untakenOf('replica') },
    }
  }

  function cursorOf(side: Side): Cursor {
    const { before, after } = pages[side]
    const place = alignment.place(side)
    if (place === undefined || place.taken === place.page.count) return after
    if (place.taken === 0) return before
    // A scan can continue from any key, not only from the last of a page.
    return { after: keyTextOf(place.page, place.taken - 1, schema) }
  }

  async function differentOrders(): Promise<MarchEnd> {
    const unmatched: { [side in Side]: FoundItem[] } = {
      master: alignment.takeUnmatched('master'),
      replica: alignment.takeUnmatched('replica'),
    }
    for (const suspect of pending) {
      // An item was alone only by the order, which is wrong; a pair differs in any order.
      if (suspect.looks === 'differing') await suspects.add(suspect)
      if (suspect.looks === 'missing' && suspect.master) unmatched.master.push(suspect.master)
      if (suspect.looks === 'extra' && suspect.replica) unmatched.replica.push(suspect.replica)
    }
    return { end: 'orders-differ', unmatched }
  }

  function pairOf(master: ItemPage, i: number, replica: ItemPage, j: number) {
    const pair = { master: copies.lasting(master, i), replica: copies.lasting(replica, j) }
    return { key: keyTextOf(master, i, schema), pair }
  }

  function differing(master: ItemPage, i: number, replica: ItemPage, j: number): Suspect {
    return {
      looks: 'differing',
      // A pair whose master item is gone is an extra, unless extras have a pass of their own.
      ground: findExtras ? 'order' : 'key',
      key: keyTextOf(master, i, schema),
      master: copies.lasting(master, i),
      replica: copies.lasting(replica, j),
    }
  }
}

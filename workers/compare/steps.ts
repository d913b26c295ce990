/** While both sides are at equal keys, they go in step: pair by pair, or a stretch at once. */
import { alikeToEnd } from '../../lib/item/bytes/alike.ts'
import { theKernel } from '../../lib/item/kernel/kernel.ts'
import { sameKeyBytes } from '../../lib/item/key.ts'
import type { ItemPage } from '../../lib/item/page.ts'
import type { ProbeSchedule } from './probe-schedule.ts'
import { checkPlace, goOn, hasItem, type InHand, placeIn, type SideCursor } from './side-cursor.ts'

export interface PairListener {
  /**
   * Called for pairs that are surely equal, without a look at each. Undefined: each pair is wanted.
   */
  readonly alike?: ((count: number) => void) | undefined
  pair(master: ItemPage, masterItem: number, replica: ItemPage, replicaItem: number): void
}

interface Cursors {
  readonly master: SideCursor
  readonly replica: SideCursor
}

export class Steps {
  readonly #cursors: Cursors
  readonly #listener: PairListener
  readonly #probes: ProbeSchedule
  /** Whether the rest of both pages may be equal; checked at most once per page and match. */
  #maybeAlike = true

  constructor(cursors: Cursors, listener: PairListener, probes: ProbeSchedule) {
    this.#cursors = cursors
    this.#listener = listener
    this.#probes = probes
  }

  /** A side has another page, or a match has brought the sides together: the rest may be equal. */
  lookForStretch(): void {
    this.#maybeAlike = true
  }

  /** Goes on until a page ends, or the keys differ. */
  go(): void {
    const { master, replica } = this.#cursors
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

  /** Skips to the end of a page at once, if all up to there is the same on the other side. */
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

  /** Skips pairs that are surely equal. */
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
}

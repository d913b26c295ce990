/** While both sides are at equal keys, they go in step: pair by pair, or a stretch at once. */
import { alikeFrom } from '../../lib/item/bytes/alike.ts'
import { theKernel } from '../../lib/item/kernel/kernel.ts'
import { sameKeyBytes } from '../../lib/item/key.ts'
import type { ItemPage } from '../../lib/item/page.ts'
import type { ProbeSchedule } from './probe-schedule.ts'
import type { SideCursor } from './side-cursor.ts'

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

  constructor(cursors: Cursors, listener: PairListener, probes: ProbeSchedule) {
    this.#cursors = cursors
    this.#listener = listener
    this.#probes = probes
  }

  /** Goes on until a page ends, or the keys differ. */
  go(): void {
    const { master, replica } = this.#cursors
    while (master.hasItem && replica.hasItem) {
      if (this.#skipAlike()) continue
      const [ours, theirs] = [master.look(), replica.look()]
      if (!sameKeyBytes(ours.page, ours.item, theirs.page, theirs.item)) return
      this.#listener.pair(ours.page, ours.item, theirs.page, theirs.item)
      master.pass()
      replica.pass()
      this.#probes.inStep()
    }
  }

  /** Skips pairs that are surely equal. */
  #skipAlike(): boolean {
    const { alike } = this.#listener
    if (alike === undefined) return false
    const count = this.#skipEqual()
    if (count === 0) return false
    alike(count)
    this.#probes.inStep()
    return true
  }

  /** Skips items that are the same bytes; where many are not, also those that are only equal. */
  #skipEqual(): number {
    const { master, replica } = this.#cursors
    const [ours, theirs] = [master.plainPlace, replica.plainPlace]
    const { count, a, b } =
      ours === undefined || theirs === undefined
        ? theKernel().alikeRun(master.place, replica.place)
        : alikeFrom(ours, theirs)
    if (count > 0) {
      if (!master.leadsTo(count, a) || !replica.leadsTo(count, b)) {
        // One of the pages holds more or fewer items than it says: its own walk tells which.
        master.walk()
        replica.walk()
      }
      master.skip(count, a)
      replica.skip(count, b)
    }
    return count
  }
}

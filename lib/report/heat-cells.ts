/** Counts of finished segments, folded into a few cells for each replica. */
import { foundOf, itemsRead, type ReplicaTally } from '../model/tally.ts'
import type { Heat, HeatCell } from './page-data.ts'

const MOST_CELLS = 256

type Counted = { -readonly [name in 'compared' | 'items' | 'differences']: HeatCell[name] }

export class HeatCells {
  readonly #segments: number
  readonly #strips: ReadonlyMap<string, readonly Counted[]>

  constructor(segments: number, replicas: readonly string[]) {
    this.#segments = segments
    const cells = Math.min(segments, MOST_CELLS)
    const strip = () =>
      Array.from({ length: cells }, () => ({ compared: 0, items: 0, differences: 0 }))
    this.#strips = new Map(replicas.map((replica) => [replica, strip()]))
  }

  finished(segment: number, replica: string, tally: ReplicaTally): void {
    const strip = this.#strips.get(replica)
    const cell = strip?.[Math.floor((segment * strip.length) / this.#segments)]
    if (cell === undefined) return
    cell.compared++
    cell.items += itemsRead(tally)
    // What waits for its second read leaves the segment without a verdict.
    cell.differences += foundOf(tally) + tally.pending
  }

  /** Undefined: one cell would be all there is, or none. */
  get heat(): Heat | undefined {
    if (this.#segments < 2) return undefined
    const strips = [...this.#strips].map(([replica, cells]) => ({
      replica,
      cells: cells.map((cell, at) => ({ ...cell, ...this.#placeOf(at, cells.length) })),
    }))
    return { segments: this.#segments, strips }
  }

  #placeOf(at: number, cells: number): Pick<HeatCell, 'firstSegment' | 'lastSegment'> {
    const first = (cell: number) => Math.ceil((cell * this.#segments) / cells)
    return { firstSegment: first(at), lastSegment: first(at + 1) - 1 }
  }
}

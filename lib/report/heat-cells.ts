/** Counts of finished segments, folded into a few cells for each replica. */
import type { RunEvent } from '../model/events/events.ts'
import type { Heat, HeatCell, RecordedHeat } from '../model/heat.ts'
import { distinctItems, foundOf, type ReplicaTally } from '../model/tally.ts'

const MOST_CELLS = 256

type Cell = [compared: number, items: number, differences: number]

export class HeatCells {
  readonly #segments: number
  readonly #replicas: ReadonlyMap<string, readonly Cell[]>

  constructor(segments: number, replicas: readonly string[]) {
    this.#segments = segments
    const cells = Math.min(segments, MOST_CELLS)
    const strip = () => Array.from({ length: cells }, (): Cell => [0, 0, 0])
    this.#replicas = new Map(replicas.map((replica) => [replica, strip()]))
  }

  /** Adds what was counted elsewhere of other segments of the same tables. */
  add(heat: RecordedHeat): void {
    if (heat.segments !== this.#segments) return
    for (const [replica, cells] of Object.entries(heat.replicas)) {
      const strip = this.#replicas.get(replica) ?? []
      for (const [at, cell] of strip.entries()) {
        for (const [of, more] of (cells[at] ?? []).entries()) cell[of as 0 | 1 | 2] += more
      }
    }
  }

  hear(event: RunEvent): void {
    if (event.type === 'pass-began') this.#clear()
    if (event.type !== 'segment-finished') return
    for (const [replica, tally] of Object.entries(event.tally.replicas)) {
      this.finished(event.segment, replica, tally)
    }
  }

  finished(segment: number, replica: string, tally: ReplicaTally): void {
    const strip = this.#replicas.get(replica)
    const cell = strip?.[Math.floor((segment * strip.length) / this.#segments)]
    if (cell === undefined) return
    cell[0]++
    cell[1] += distinctItems(tally)
    // What waits for its second read leaves the segment without a verdict.
    cell[2] += foundOf(tally) + tally.pending
  }

  /** The next pass finishes all segments again. */
  #clear(): void {
    for (const cell of [...this.#replicas.values()].flat()) cell.fill(0)
  }

  /** Undefined: one cell would be all there is, or none. */
  get recorded(): RecordedHeat | undefined {
    if (this.#segments < 2) return undefined
    return { segments: this.#segments, replicas: Object.fromEntries(this.#replicas) }
  }
}

export function heatOf({ segments, replicas }: RecordedHeat): Heat {
  const strips = Object.entries(replicas).map(([replica, cells]) => ({
    replica,
    cells: cells.map(([compared, items, differences], at): HeatCell => {
      const first = (cell: number) => Math.ceil((cell * segments) / cells.length)
      const [firstSegment, lastSegment] = [first(at), first(at + 1) - 1]
      return { firstSegment, lastSegment, compared, items, differences }
    }),
  }))
  return { segments, strips }
}

/** Whether a file holds what is drawn: somebody may have edited it. */
export function isHeat(value: unknown): value is RecordedHeat {
  const { segments, replicas } = (value ?? {}) as { segments?: unknown; replicas?: unknown }
  if (!isCount(segments) || typeof replicas !== 'object' || replicas === null) return false
  const lists: readonly unknown[] = Object.values(replicas)
  return lists.every(
    (cells) =>
      Array.isArray(cells) &&
      cells.length === Math.min(segments, MOST_CELLS) &&
      cells.every((cell) => Array.isArray(cell) && cell.length === 3 && cell.every(isCount)),
  )
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0

/** Points of a line over time, made few enough to draw. */

export interface Point {
  readonly at: number
  readonly value: number
  readonly limit: number | null
  /** Throttled, or waiting. */
  readonly isMarked: boolean
}

/** The points before and after a change, and both ends: a line needs no others. */
export const isTurn = ({ limit }: Point, at: number, all: readonly Point[]) =>
  limit !== all[at - 1]?.limit || limit !== all[at + 1]?.limit

/** So many points at most, each for its neighbours. */
export function thinned(points: readonly Point[], most: number): Point[] {
  const size = Math.ceil(points.length / most)
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index): Point => {
    const some = points.slice(index * size, (index + 1) * size)
    return {
      at: some.at(-1)?.at ?? 0,
      value: some.reduce((sum, { value }) => sum + value, 0) / some.length,
      limit: some.at(-1)?.limit ?? null,
      isMarked: some.some(({ isMarked }) => isMarked),
    }
  })
}

/** Stretches of marked points. */
export function markedRuns(points: readonly Point[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = []
  for (const [index, { at, isMarked }] of points.entries()) {
    if (!isMarked) continue
    const before = points[index - 1]
    const run = runs.at(-1)
    if (before?.isMarked && run !== undefined) run.to = at
    else runs.push({ from: before?.at ?? 0, to: at })
  }
  return runs
}

/** The summary of a sample, from what each of its segments holds. */
import type { DifferenceKind } from '../model/difference.ts'
import type { SampledReplica } from '../model/results/sample-summary.ts'
import { shareBounds } from './share-bounds.ts'

interface Counted {
  readonly items: number
  readonly found: Readonly<Record<DifferenceKind, number>>
}

/** @param segments of the whole tables */
export function sampledReplica(
  sampled: readonly Counted[],
  segments: number,
  findsExtras: boolean,
): SampledReplica {
  const boundsOf = (of: (found: Counted['found']) => number) =>
    shareBounds(
      // An item that was added behind the scan may differ, and was not counted.
      sampled.map(({ items, found }) => ({
        items: Math.max(items, of(found)),
        differences: of(found),
      })),
      segments,
    )
  const items = sampled.reduce((sum, segment) => sum + segment.items, 0)
  const largest = sampled.reduce((most, segment) => Math.max(most, segment.items), 0)
  return {
    items,
    spread: items === 0 ? 0 : largest / (items / sampled.length),
    all: boundsOf(({ missing, differing, extra }) => missing + differing + extra),
    missing: boundsOf(({ missing }) => missing),
    differing: boundsOf(({ differing }) => differing),
    extra: findsExtras ? boundsOf(({ extra }) => extra) : null,
  }
}

/**
 * The table of the simulation: how many read units each of its segments takes. A scan of a segment
 * goes from page to page, so that nothing divides a segment.
 */
import type { ReadUnits } from '../../lib/model/units.ts'
import { mixed, normal, share } from '../tables/pseudo-random.ts'

/**
 * `even`: all alike. `log-normal`: the largest is some twenty times the mean. `five huge`: five item
 * collections, each in a segment of its own, hold a fifth of the table.
 */
export type Sizes = 'even' | 'log-normal' | 'five huge'

/** How many huge item collections there are, and which part of the table each of them is. */
const HUGE = 5
const HUGE_PART = 0.04

/** @returns the units of each segment: together `units` */
export function segmentsOf(
  sizes: Sizes,
  {
    count,
    units,
    seed,
  }: { readonly count: number; readonly units: ReadUnits; readonly seed: number },
): ReadUnits[] {
  const weights = Array.from({ length: count }, (_, at) =>
    sizes === 'log-normal' ? Math.exp(normal(at, mixed(1, seed))) : 1,
  )
  if (sizes === 'five huge') {
    const huge = inRandomOrder([...weights.keys()], mixed(2, seed)).slice(0, HUGE)
    for (const at of huge) weights[at] = (HUGE_PART * (count - HUGE)) / (1 - HUGE * HUGE_PART)
  }
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => (weight / sum) * units)
}

/** The segments of a shard, in the order in which it does them: tablesync shuffles its segments. */
export function segmentsOfShard(
  shard: number,
  {
    shards,
    count,
    seed,
  }: { readonly shards: number; readonly count: number; readonly seed: number },
): number[] {
  const own: number[] = []
  for (let segment = shard; segment < count; segment += shards) own.push(segment)
  return inRandomOrder(own, mixed(3 + shard, mixed(3, seed)))
}

/** As Fisher and Yates do it. */
function inRandomOrder(numbers: readonly number[], seed: number): number[] {
  const order = [...numbers]
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(share(at, seed) * (at + 1))
    const swapped = order[at] as number
    order[at] = order[other] as number
    order[other] = swapped
  }
  return order
}

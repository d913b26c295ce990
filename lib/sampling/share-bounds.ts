/**
 * The share of items that differ, from some segments of a table: an estimate, and limits that hold
 * however the differences are spread. The Stringer bound, on segments instead of single items.
 */
import { HitLimits } from './hit-limits.ts'

export interface SampledSegment {
  readonly items: number
  /** How many of the items differ. */
  readonly differences: number
}

/** Shares of items, from 0 to 1. */
export interface ShareBounds {
  readonly estimate: number
  readonly lower: number
  readonly upper: number
}

/**
 * Each limit is one-sided and holds with 97.5 %, so that both together hold with 95 %.
 *
 * @param sampled drawn at random without replacement, each of them with its counts
 * @param segments of the whole table
 */
export function shareBounds(sampled: readonly SampledSegment[], segments: number): ShareBounds {
  const items = sum(sampled, (segment) => segment.items)
  const differences = sum(sampled, (segment) => segment.differences)
  const estimate = items === 0 ? 0 : differences / items
  if (sampled.length === segments) return { estimate, lower: estimate, upper: estimate }
  if (items === 0) return { estimate, lower: 0, upper: 1 }
  const largest = sampled.reduce((most, segment) => Math.max(most, segment.items), 0)
  const spread = largest / (items / sampled.length)
  const shares = sampled
    .filter((segment) => segment.differences > 0)
    .map((segment) => segment.differences / largest)
    .sort((a, b) => b - a)
  const limits = HitLimits.of(sampled.length, segments)
  let [lower, upper] = [0, limits.upper(0)]
  for (const [at, share] of shares.entries()) {
    upper += (limits.upper(at + 1) - limits.upper(at)) * share
    lower += (limits.lower(at + 1) - limits.lower(at)) * share
  }
  return { estimate, lower: clamped(spread * lower), upper: clamped(spread * upper) }
}

const sum = (sampled: readonly SampledSegment[], of: (segment: SampledSegment) => number): number =>
  sampled.reduce((total, segment) => total + of(segment), 0)

const clamped = (share: number) => Math.min(Math.max(share, 0), 1)

/** How large a table is, by some of its segments, chosen at random and read whole. */
import type { SampledSlice, Sampler } from '../../dynamo/describe/sample-scan.ts'
import type { Range } from '../../model/results/estimated-run.ts'
import { MOST_SEGMENTS } from '../../model/tables/most-segments.ts'
import type { Bytes, ReadUnits } from '../../model/units.ts'

export interface SampledTable {
  readonly items: Range
  readonly bytes: Range
  /** Blocks of 4 KB, if each item is read by itself. */
  readonly blocks: Range
  /** Blocks of 1 KB, if each item is written. */
  readonly writeBlocks: Range
  /** Read units that the service reports for each that the sizes of the items explain. */
  readonly unitsRatio: number
  /** What the sample itself took. */
  readonly requests: number
  readonly readUnits: ReadUnits
  /** Share of the table that was read, from 0 to 1. */
  readonly share: number
}

/** Most of a page of a scan (API Reference, "Scan"). */
export const PAGE: Bytes = 1 << 20

const LEAST_PAGES = 20
const MOST_PAGES = 200

/** Segments of half a page: most of them end within one. */
const SEGMENTS_PER_PAGE = 2

/** A segment that goes on beyond this shows that the table is larger than it is said to be. */
const PAGES_A_SEGMENT = 3

/** Of samples that are finer or coarser than the one before. */
const MOST_ROUNDS = 8

/** Fewer items in a whole sample say nothing of the table. */
const FEW_ITEMS = 50

/** Standard deviations: more than two, since sizes of items are rarely spread evenly. */
const DEVIATIONS = 2.6

/**
 * @param bytesSaid size of the table as DescribeTable has it; zero if it is unknown
 * @param isUndivided whether the engine has no segments
 */
export async function sampleTable(
  sampler: Sampler,
  bytesSaid: Bytes,
  isUndivided: boolean,
): Promise<SampledTable> {
  const pagesSaid = Math.max(1, Math.ceil(bytesSaid / PAGE))
  const budget = Math.max(LEAST_PAGES, Math.min(MOST_PAGES, Math.ceil(pagesSaid / 100)))
  const spent: SampledSlice[] = []
  if (pagesSaid <= budget || isUndivided) {
    const all = await sampler.read(0, 1, budget)
    spent.push(all)
    // An engine that has no segments is read as far as the budget goes.
    if (all.isWhole || isUndivided) return estimated([all], 1, spent)
  }
  let segments = Math.min(MOST_SEGMENTS, SEGMENTS_PER_PAGE * Math.max(pagesSaid, budget))
  for (let round = 1; ; round++) {
    const chosen = await readSome(sampler, segments, budget)
    spent.push(...chosen)
    const isFine = chosen.every(({ isWhole }) => isWhole)
    const items = chosen.reduce((sum, slice) => sum + slice.items, 0)
    // Nearly empty segments say little: the table is far smaller than it is said to be.
    const isSparse = isFine && items < FEW_ITEMS && segments > budget
    const isLast = round === MOST_ROUNDS || (!isFine && segments === MOST_SEGMENTS)
    if ((isFine && !isSparse) || isLast) return estimated(chosen, segments, spent)
    segments = isSparse
      ? Math.max(budget, Math.ceil(segments / 64))
      : Math.min(MOST_SEGMENTS, segments * 8)
  }
}

/** Stops early where segments turn out to be too long. */
async function readSome(
  sampler: Sampler,
  segments: number,
  budget: number,
): Promise<SampledSlice[]> {
  const chosen = new Set<number>()
  const wanted = Math.min(budget, segments)
  while (chosen.size < wanted) chosen.add(Math.floor(Math.random() * segments))
  const slices: SampledSlice[] = []
  for (const segment of chosen) {
    const slice = await sampler.read(segment, segments, PAGES_A_SEGMENT)
    slices.push(slice)
    if (!slice.isWhole && segments < MOST_SEGMENTS) break
  }
  return slices
}

function estimated(
  slices: readonly SampledSlice[],
  segments: number,
  spent: readonly SampledSlice[],
): SampledTable {
  const total = (of: (slice: SampledSlice) => number) => projected(slices.map(of), segments)
  const sum = (all: readonly SampledSlice[], of: (slice: SampledSlice) => number) =>
    all.reduce((added, slice) => added + of(slice), 0)
  const bytes = total((slice) => slice.bytes)
  // Each request is rounded up to half a unit.
  const explained = sum(slices, (slice) => Math.max(1, Math.ceil(slice.bytes / 4096)) / 2)
  return {
    items: total((slice) => slice.items),
    bytes,
    blocks: total((slice) => slice.blocks),
    writeBlocks: total((slice) => slice.writeBlocks),
    unitsRatio: sum(slices, ({ readUnits }) => readUnits) / Math.max(explained, 0.5) || 1,
    requests: sum(spent, ({ requests }) => requests),
    readUnits: sum(spent, ({ readUnits }) => readUnits),
    share: slices.length / segments,
  }
}

/** The total of all segments from some of them, with the spread of these. */
function projected(values: readonly number[], segments: number): Range {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  if (values.length >= segments) return { middle: mean * segments, margin: 0 }
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1)
  const unread = Math.sqrt(1 - values.length / segments)
  return {
    middle: mean * segments,
    margin: DEVIATIONS * segments * Math.sqrt(variance / values.length) * unread,
  }
}

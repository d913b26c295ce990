/** What a run would read, and how long that takes. */
import type { Range, RepairRange, RunEstimate } from '../../model/results/estimated-run.ts'
import type { Bytes, ReadUnits } from '../../model/units.ts'
import { PAGE, type SampledTable } from './sampled-table.ts'

export interface EstimateInput {
  readonly sampled: readonly SampledTable[]
  readonly places: readonly { readonly label: string; readonly region: string }[]
  readonly segments: number
  readonly consistentRead: boolean
  readonly byLookup: boolean
  readonly findsExtras: boolean
  /** How often a difference is read again on both sides. */
  readonly looks: number
  /** Limit of each table in units a second. Null: none. */
  readonly limits: readonly (number | null)[]
  readonly repair: RepairRange
  /** What the checks of the tables took. */
  readonly preflightUnits: ReadUnits
}

export function estimateOf(input: EstimateInput): RunEstimate {
  const { sampled, places, byLookup, limits } = input
  const [master, ...replicas] = sampled as [SampledTable, ...SampledTable[]]
  const scans = sampled.map((table) => scanUnits(table, input))
  const lookups = [scans[0] as Range, ...replicas.map(() => lookupUnits(master, input))]
  // An extra is found by the replica's own scan only.
  const both = lookups.map((units, at) =>
    at > 0 && input.findsExtras ? added(units, scans[at] as Range) : units,
  )
  const readUnits = byLookup ? both : scans
  const times = readUnits.flatMap(({ middle }, at) => {
    const limit = limits[at] ?? null
    return limit === null ? [] : [{ seconds: middle / limit, limit }]
  })
  const slowest = times.sort((a, b) => b.seconds - a.seconds)[0]
  return {
    tables: sampled.map(({ items, bytes, share }, at) => ({
      ...(places[at] as (typeof places)[number]),
      ...{ items, bytes, share },
    })),
    readUnits,
    lookupUnits: lookups,
    mostReadUnits: mostUnits(readUnits, input),
    requests: sampled.reduce((sum, { bytes }) => sum + pagesOf(bytes.middle, input.segments), 0),
    cost: {
      requests: sampled.reduce((sum, { requests }) => sum + requests, 0),
      readUnits: sampled.reduce((sum, table) => sum + table.readUnits, input.preflightUnits),
    },
    seconds: slowest?.seconds,
    unitsPerSecond: slowest?.limit,
    repair: input.repair,
  }
}

/** Suspects of a replica that are always read again, and the share of the scan that more may take. */
const ALWAYS_RECHECKED = 11_000
const RECHECK_SHARE = 0.1

/** Rechecks are strongly consistent: a unit for each block, on both sides. */
function mostUnits(readUnits: readonly Range[], { sampled, looks }: EstimateInput): number {
  const scans = readUnits.reduce((sum, { middle, margin }) => sum + middle + margin, 0)
  const [, ...replicas] = sampled
  const largest = Math.max(...sampled.map(({ items }) => items.middle + items.margin))
  const blocks = Math.max(
    ...sampled.map((table) => table.blocks.middle / Math.max(1, table.items.middle)),
  )
  const keys = Math.min(largest, ALWAYS_RECHECKED)
  const rechecks = keys * Math.max(blocks, 1) * 2 * looks * replicas.length
  return Math.ceil(scans * (1 + RECHECK_SHARE) + rechecks)
}

const added = (a: Range, b: Range): Range => ({
  middle: a.middle + b.middle,
  margin: a.margin + b.margin,
})

/** Each segment ends with a page that is full by half, on average. */
const pagesOf = (bytes: Bytes, segments: number) => Math.ceil(bytes / PAGE + segments / 2)

/** A unit is for 8 KB, or for 4 KB that are strongly consistent; each page is rounded up. */
function scanUnits(
  { bytes, unitsRatio }: SampledTable,
  { segments, consistentRead }: EstimateInput,
): Range {
  const perBlock = consistentRead ? 1 : 0.5
  const blocks = (size: Bytes) => size / 4096 + pagesOf(size, segments) / 2
  const ratio = unitsRatio * perBlock
  return { middle: blocks(bytes.middle) * ratio, margin: (bytes.margin / 4096) * ratio }
}

function lookupUnits({ blocks }: SampledTable, { consistentRead }: EstimateInput): Range {
  const perBlock = consistentRead ? 1 : 0.5
  return { middle: blocks.middle * perBlock, margin: blocks.margin * perBlock }
}

/** Samples the tables of a run, and works out what the run would read. */
import { openSampler } from '../../dynamo/describe/sample-scan.ts'
import type { Range, RepairRange, RunEstimate } from '../../model/results/estimated-run.ts'
import type { Settings } from '../../options/settings.ts'
import type { Plan } from '../preflight/scan-plan.ts'
import { RateLimits, rateMemoryFor } from '../rate/rate-limits.ts'
import { inspectOptions, type Tables } from '../tables/table-inspection.ts'
import { estimateOf } from './run-estimate.ts'
import { type SampledTable, sampleTable } from './sampled-table.ts'

/** @param known what an earlier report says of the repair. Absent: it may be nothing or everything */
export async function estimateTables(
  settings: Settings,
  tables: Tables,
  { plan, signal, known }: { plan: Plan; signal: AbortSignal; known?: RepairRange | undefined },
): Promise<RunEstimate> {
  const options = inspectOptions(settings, tables.credentials, signal)
  const sampled = await Promise.all(
    tables.access.map(async (access, index): Promise<SampledTable> => {
      const sampler = openSampler(access, options(index))
      const { approximateBytes = 0 } = tables.inspected[index]?.facts ?? {}
      const isUndivided = tables.undivided.includes(index)
      return sampleTable(sampler, approximateBytes, isUndivided).finally(() => sampler.close())
    }),
  )
  return estimateOf({
    sampled,
    places: tables.access.map(({ label, region }) => ({ label, region })),
    segments: plan.segments,
    consistentRead: settings.consistentRead,
    byLookup: plan.byLookup,
    findsExtras: plan.findExtras,
    looks: settings.recheckPolicy.looksAgain ? 2 : 1,
    limits: readLimits(settings, tables),
    repair: known ?? wholeRepair(sampled),
    preflightUnits: tables.readUnits.reduce((sum, units) => sum + units, 0),
  })
}

/** Units a second of each table. Null: it has no limit, or one that is found out as the run goes on. */
function readLimits(settings: Settings, tables: Tables): (number | null)[] {
  const noThreads = rateMemoryFor(tables.access.length)
  const { paces } = new RateLimits({ settings, tables }, noThreads, () => true)
  return tables.access.map(({ label }) => {
    const pace = paces.find(({ table, kind }) => table === label && kind === 'read')
    return pace?.unitsPerSecond ?? null
  })
}

/** All items of the master written, and all of the replicas deleted. */
function wholeRepair([master, ...replicas]: readonly SampledTable[]): RepairRange {
  const upTo = ({ middle, margin }: Range) => Math.ceil(middle + margin)
  const puts = master === undefined ? 0 : upTo(master.writeBlocks) * replicas.length
  const deletes = replicas.reduce((sum, { writeBlocks }) => sum + upTo(writeBlocks), 0)
  return { least: 0, most: puts + deletes, isKnown: false }
}

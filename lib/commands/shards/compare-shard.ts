/** Compares the segments of a shard, as one attempt at it. */
import { join } from 'node:path'
import type { RunEvent } from '../../model/events/events.ts'
import { recorded } from '../../model/files/recorded-table.ts'
import type { ShardRun } from '../../model/files/shard-files.ts'
import type { Summary } from '../../model/results/summary.ts'
import { newRunIdentity } from '../../model/run-identity.ts'
import type { InspectedTable } from '../../model/tables/table.ts'
import type { NamedTally } from '../../model/tally.ts'
import type { Spelling } from '../../options/option.ts'
import { resolveOptions } from '../../options/resolve.ts'
import type { RunOptions, ShardOptions } from '../../options/run-options.ts'
import type { Settings } from '../../options/settings.ts'
import { meaningOf } from '../../run/checkpoint/meaning-options.ts'
import { hooksDigest } from '../../run/preflight/hooks-digest.ts'
import { refuseSegments } from '../../run/preflight/scan-plan.ts'
import { refuseOtherTable } from '../../run/tables/table-match.ts'
import type { Attempt } from '../../shards/attempts.ts'
import { type KnownRun, segmentsOfShard } from '../../shards/run-file.ts'
import { refuseOtherMeaning } from '../../shards/same-meaning.ts'
import { partOf, shardLimits } from '../../shards/shard-limits.ts'
import { NAMES } from '../../shards/shard-paths.ts'
import { checkFiles } from '../begin-run.ts'
import type { Caller } from '../caller.ts'
import { compare, type Scope } from '../comparison.ts'
import { withMetrics } from '../with-metrics.ts'

export interface ShardToDo {
  readonly options: ShardOptions
  readonly known: KnownRun
  readonly shard: number
  readonly attempt: Attempt
  readonly caller: Caller
}

export interface ComparedShard {
  readonly summary: Summary
  /** Undefined: an earlier attempt had come to its end. */
  readonly tally: NamedTally | undefined
}

/** @throws TablesyncError where the options or the tables are not fit for the run */
export async function compareShard({
  options: given,
  known: { folder, run },
  shard,
  attempt,
  caller,
}: ShardToDo): Promise<ComparedShard | 'committed-by-another'> {
  const { spelling, identity = newRunIdentity() } = caller
  const ending = new AbortController()
  const end = () => ending.abort()
  if (given.signal?.aborted) end()
  given.signal?.addEventListener('abort', end)
  let isCommittedByAnother = false
  const options = optionsOf(given, run, shard, attempt)
  const { maxWrites } = options
  const limits = await shardLimits(folder, { run, shard, maxWrites }, () => {
    isCommittedByAnother = true
    end()
  })
  try {
    let tally: NamedTally | undefined
    const onProgress = (event: RunEvent): unknown => {
      if (event.type === 'progress') tally = event.tally
      // Nobody applies the plan of a part.
      return event.type === 'plan-written' ? undefined : given.onProgress?.(event)
    }
    const heard = { ...options, signal: ending.signal, onProgress: onProgress as () => void }
    const checked = await checkFiles(heard, resolveOptions(options, spelling), caller)
    const hooks = checked.hooks && (await hooksDigest(checked.hooks))
    refuseOtherMeaning(run, { meaning: meaningOf(checked), hooks }, spelling)
    const settings = settingsOf(checked, run, attempt)
    const metered = { settings, identity, caller: { ...caller, sharedLimits: limits } }
    const summary = await withMetrics({ command: 'sync', ...metered }, heard, (listening) =>
      compare(listening, metered, scopeOf(run, shard)),
    )
    return isCommittedByAnother ? 'committed-by-another' : { summary, tally }
  } finally {
    limits.end()
    given.signal?.removeEventListener('abort', end)
  }
}

/**
 * Checks what this machine adds to the options, before anything is left in the folder.
 *
 * @throws TablesyncError with code `USAGE`
 */
export function checkShardOptions(given: ShardOptions, run: ShardRun, spelling: Spelling): void {
  resolveOptions(optionsOf(given, run, 0, { folder: '.', from: undefined }), spelling)
}

/** What was planned, what this machine adds, and the files of the attempt. */
function optionsOf(
  { folder: _, shardIndex: __, ...given }: ShardOptions,
  run: ShardRun,
  shard: number,
  { folder, from }: Pick<Attempt, 'folder' | 'from'>,
): RunOptions {
  const planned = run.options as unknown as RunOptions
  const part = (name: 'maxWrites' | 'maxReadUnits') => {
    const limit = planned[name]
    const least = name === 'maxWrites' ? 0 : 1
    return limit === undefined ? {} : { [name]: Math.max(partOf(limit, run, shard), least) }
  }
  const { dryRun, writeMissing, writeDiffering } = planned
  const isWriting = dryRun !== true && (writeMissing === true || writeDiffering === true)
  const file = (name: keyof typeof NAMES) => join(folder, NAMES[name])
  return {
    ...planned,
    ...part('maxWrites'),
    ...part('maxReadUnits'),
    ...given,
    checkpoint: file('checkpoint'),
    resume: from !== undefined,
    report: file('report'),
    metricsFile: file('metrics'),
    ...(isWriting && { journal: file('journal') }),
  }
}

/** A shard lists what is extra, and deletes nothing: it does not know whether the others went well. */
function settingsOf(settings: Settings, run: ShardRun, { folder }: Attempt): Settings {
  const { asked, dryRun } = settings
  const write = { ...settings.write, extra: false }
  const isPlanned = (['missing', 'differing', 'extra'] as const).some(
    (kind) => asked[kind] && !write[kind],
  )
  const [master, ...replicas] = [settings.master, ...settings.replicas].map((table, at) => ({
    ...table,
    capacity: run.capacity[at] ?? table.capacity,
  }))
  return Object.freeze({
    ...settings,
    master: master as Settings['master'],
    ...{ replicas, dryRun, write },
    repairPlan: isPlanned ? { file: join(folder, NAMES.plan), withItems: false } : undefined,
  })
}

function scopeOf(run: ShardRun, shard: number): Scope {
  return {
    check({ inspected, undivided }) {
      for (const [at, table] of inspected.entries()) {
        refuseOtherTable(recorded(run.tables[at] as InspectedTable), table, 'plan of the run')
      }
      for (const table of undivided) {
        refuseSegments(run.segments, inspected[table]?.ref.label ?? '')
      }
    },
    planOf: (plan) => ({
      ...plan,
      ...run.scan,
      segments: run.segments,
      part: segmentsOfShard(run, shard),
    }),
  }
}

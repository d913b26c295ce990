/** Plans a run that several machines share: what `shard-plan` and `planShards` have in common. */
import { randomUUID } from 'node:crypto'
import { usageError } from '../../errors.ts'
import type { ShardRun } from '../../model/files/shard-files.ts'
import type { PlannedShards } from '../../model/results/shard-results.ts'
import { newRunIdentity } from '../../model/run-identity.ts'
import { CAPACITY_KINDS, type CapacityChoices } from '../../model/tables/capacity.ts'
import { isHere } from '../../model/tables/endpoint-kind.ts'
import { refuseStray } from '../../options/commands.ts'
import { currentOptions } from '../../options/current-options.ts'
import { refuseBesideFilter } from '../../options/groups/items/filter-options.ts'
import { SHARD_OPTIONS } from '../../options/groups/shard-options.ts'
import type { Spelling } from '../../options/option.ts'
import { resolveOptions } from '../../options/resolve.ts'
import type { RunOptions, ShardPlanOptions } from '../../options/run-options.ts'
import type { Settings } from '../../options/settings.ts'
import { checkValue } from '../../options/values/check-value.ts'
import { meaningOf } from '../../run/checkpoint/meaning-options.ts'
import { refuseBesideChanges } from '../../run/preflight/changed-items.ts'
import { hooksDigest } from '../../run/preflight/hooks-digest.ts'
import { refuseIgnoredKeys } from '../../run/preflight/key-attributes.ts'
import { planRun } from '../../run/preflight/scan-plan.ts'
import { resolveLimit } from '../../run/rate/resolved-limit.ts'
import { topologyStop } from '../../run/safeguards/safeguard-limits.ts'
import type { Tables } from '../../run/tables/table-inspection.ts'
import { refuseTakenFolder, writeShardRun } from '../../shards/run-file.ts'
import { segmentsForShards } from '../../shards/shard-segments.ts'
import { checkFiles } from '../begin-run.ts'
import type { Caller } from '../caller.ts'
import { unlessAborted } from '../listeners.ts'
import { optionsOfRun } from './options-of-run.ts'
import { releaseOf } from './release.ts'

/**
 * Writes `run.json`, and no table.
 *
 * @throws TablesyncError where the options, the tables or the folder are not fit; nothing is written then
 */
export async function planShards(given: ShardPlanOptions, caller: Caller): Promise<PlannedShards> {
  const { spelling, identity = newRunIdentity() } = caller
  const { shards, out: folder, atOnce = shards, ...options } = currentOptions(given)
  refuseStray('shard-plan', given, spelling)
  checkOwn({ shards, out: folder, atOnce }, spelling)
  const resolved = resolveOptions(options as RunOptions, spelling)
  refuseBesideFilter(options, spelling)
  const kept = optionsOfRun(options, spelling)
  const settings = await checkFiles(options, resolved, caller)
  await refuseTakenFolder(folder as string)
  const planned = {
    folder: folder as string,
    shards: shards as number,
    atOnce: Math.min(atOnce as number, shards as number),
  }
  const over = new AbortController()
  const { signal = over.signal } = options
  try {
    const { inspectTables } = await import('../../run/tables/table-inspection.ts')
    const begin = { runId: identity.runId, signal, over: over.signal }
    const tables = await unlessAborted(signal, inspectTables(settings, begin))
    if (tables === undefined) return { version: 1, outcome: 'interrupted', ...planned }
    refuseUnfit(settings, tables, planned.shards, spelling)
    const stopped = topologyStop(settings, tables)
    if (stopped !== undefined) return { version: 1, outcome: 'stopped', ...planned, stopped }
    const run = await runOf({ settings, tables, kept, caller }, planned)
    await writeShardRun(planned.folder, run)
    return { version: 1, outcome: 'planned', ...planned, ...plannedOf(run, settings) }
  } finally {
    over.abort()
  }
}

type Own = { readonly [name in 'shards' | 'out' | 'atOnce']: unknown }

function checkOwn(own: Own, spelling: Spelling): void {
  for (const name of ['shards', 'out'] as const) {
    if (own[name] !== undefined) continue
    throw usageError(
      `Expected \`${spelling(name)}\`, got none`,
      name === 'out'
        ? 'Name a folder on a disk that all machines share.'
        : 'Say among how many shards the run is divided, for example 64.',
    )
  }
  for (const name of ['shards', 'out', 'atOnce'] as const) {
    checkValue(SHARD_OPTIONS[name], spelling(name), own[name])
  }
}

/** A shard keeps a checkpoint, whatever is asked for. */
const CHECKPOINT = { file: '', mode: 'new', interval: 0 } as const

function refuseUnfit(settings: Settings, tables: Tables, shards: number, spelling: Spelling): void {
  refuseIgnoredKeys(settings, tables, spelling)
  refuseBesideChanges({ ...settings, checkpoint: CHECKPOINT }, tables, spelling)
  const [undivided] = tables.undivided
  if (undivided === undefined || shards === 1) return
  throw usageError(
    `Expected ${tables.inspected[undivided]?.ref.label} to divide a scan into segments; it returns all its items for each of them`,
    'Its engine ignores the segment of a Scan. Compare it in a run without shards.',
  )
}

const WRITES = { missing: 'put missing', differing: 'update differing', extra: 'list extra' }

/** For whoever wants to see a mistake before the shards begin. */
function plannedOf({ segments, run, tables, capacity }: ShardRun, { write }: Settings) {
  const [master = '', ...replicas] = tables.map(({ ref }) => ref.label)
  const kinds = (['missing', 'differing', 'extra'] as const).filter((kind) => write[kind])
  const paces = capacity.flatMap(({ read, write: writes }, table) =>
    Object.entries(table === 0 ? { read } : { read, write: writes }).flatMap(([kind, choice]) =>
      choice.kind === 'units'
        ? [
            `${kind}s of ${tables[table]?.ref.label} at ${choice.unitsPerSecond} units/s, all shards together`,
          ]
        : [],
    ),
  )
  return { segments, run, master, replicas, paces, writes: kinds.map((kind) => WRITES[kind]) }
}

interface Known {
  readonly settings: Settings
  readonly tables: Tables
  readonly kept: ShardRun['options']
  readonly caller: Caller
}

async function runOf(
  { settings, tables, kept, caller }: Known,
  { shards, atOnce }: Pick<ShardRun, 'shards' | 'atOnce'>,
): Promise<ShardRun> {
  const { byLookup, mayGoOver, findExtras } = planRun({ ...settings, segments: undefined }, tables)
  const hooks = settings.hooks && (await hooksDigest(settings.hooks))
  return {
    ...{ tablesync: 'shard-run', version: 1, release: await releaseOf(caller) },
    run: randomUUID(),
    planned: new Date().toISOString(),
    ...{ shards, atOnce },
    segments: segmentsForShards(settings, tables.inspected, shards),
    scan: { byLookup, mayGoOver, findExtras },
    tables: tables.inspected,
    capacity: capacityOf(settings, tables),
    options: kept,
    meaning: meaningOf(settings),
    ...(hooks !== undefined && { hooks }),
  }
}

/** A percentage is of what a table has now, and the same for all shards. */
function capacityOf({ master, replicas }: Settings, { inspected }: Tables): CapacityChoices[] {
  return [master, ...replicas].map(({ capacity, ref: { label } }, table) => {
    const { ref, facts } = inspected[table] as Tables['inspected'][0]
    const resolved = CAPACITY_KINDS.map((kind) => {
      const place = { label, kind, isLocal: isHere(ref.endpoint), known: facts.capacity?.[kind] }
      const { unitsPerSecond } = resolveLimit(capacity[kind], place)
      return [kind, unitsPerSecond === null ? capacity[kind] : { kind: 'units', unitsPerSecond }]
    })
    return Object.fromEntries(resolved) as CapacityChoices
  })
}

/** Pairs in, result out: what the command with `--config` and `runPairs` have in common. */
import { usageError } from '../../errors.ts'
import type { PairsSummary } from '../../model/results/pairs-summary.ts'
import { newRunIdentity, type RunIdentity } from '../../model/run-identity.ts'
import { checkProgramOptions } from '../../options/groups/program-options.ts'
import { resolveOptions } from '../../options/resolve.ts'
import type { RunOptions } from '../../options/run-options.ts'
import { parseDuration } from '../../options/values/duration.ts'
import { isPerPair } from '../../pairs/pair-files.ts'
import { anyFitting } from '../../pairs/table-pattern.ts'
import { spentByLegs } from '../../run/checkpoint/spent-by-legs.ts'
import { CapacityShares } from '../../run/rate/capacity-shares.ts'
import { SharedLimits } from '../../run/safeguards/shared-limits.ts'
import type { Caller } from '../caller.ts'
import { sync } from '../sync.ts'
import { type ManyListeners, manyRuns, type OneOfMany } from './many-runs.ts'
import {
  type GivenPairs,
  type ListBeside,
  type Options,
  type ResolvedPair,
  resolvedPairs,
} from './resolved-pairs.ts'

export interface PairsGiven extends ManyListeners, GivenPairs {}

/**
 * @throws TablesyncError where the options, or the pairs together, are not fit. Nothing was scanned
 * or written then
 */
export async function pairs(given: PairsGiven, caller: Caller): Promise<PairsSummary> {
  const { options, over = {}, nameOf: _, otherFiles: __, ...listeners } = given
  refuseNoObject(options, listeners)
  checkProgramOptions(listeners as unknown as Parameters<typeof checkProgramOptions>[0])
  const identity = caller.identity ?? newRunIdentity()
  const { spelling } = caller
  const list = listing(identity, listeners.signal)
  const resolved = await resolvedPairs(given, spelling, list).catch((error: unknown) => {
    // Nobody waits for the list of tables any more.
    if (listeners.signal?.aborted) return undefined
    throw error
  })
  if (resolved === undefined) {
    return { version: 1, ...identity, outcome: 'interrupted', elapsedMs: 0, pairs: [] }
  }
  const { limits = {}, pairsAtOnce: atOnce = 1 } = options
  const all: Options = { ...options, ...over }
  const sharedLimits = new SharedLimits(limits, new CapacityShares(unitsOf(all)))
  for (const { name, settings } of resolved) {
    const { file, mode } = settings.checkpoint ?? {}
    if (file !== undefined && mode === 'resume') sharedLimits.enter(name, await spentByLegs(file))
  }
  const runs = resolved.map((pair) => oneOf(pair, caller, sharedLimits))
  const limit = all['maxDuration'] as string | undefined
  const maxDuration = limit && parseDuration(limit, spelling('maxDuration'))
  const summary = await manyRuns(
    { identity, runs, atOnce, ...(maxDuration && { maxDuration }) },
    listeners,
  )
  const { html } = all
  if (html === undefined || isPerPair(html)) return summary
  const { withPageOfPairs } = await import('./page-of-pairs.ts')
  return withPageOfPairs(summary, String(html), caller)
}

function refuseNoObject(options: unknown, listeners: unknown): void {
  if (typeof options === 'object' && options !== null && listeners !== null) return
  throw usageError(
    'Expected an object with options and pairs, got something else',
    "For example { pairs: [{ master: 'us-east-1:Orders', replica: 'eu-west-1:Orders' }] }.",
  )
}

function oneOf(
  { name, settings, options, spelling, ownCapacity }: ResolvedPair,
  { identity: _, ...caller }: Caller,
  limits: SharedLimits,
): OneOfMany {
  const isShared = (kind: 'read' | 'write') => !ownCapacity.has(`${kind}Capacity`)
  const sharedLimits = limits.of(name, isShared)
  return {
    ...{ name, master: settings.master.ref.label },
    replicas: settings.replicas.map(({ ref }) => ref.label),
    run: (listening) =>
      sync({ ...options, ...listening } as unknown as RunOptions, {
        ...caller,
        ...{ spelling, sharedLimits },
      }),
  }
}

/** Kinds of capacity with a number of units for all: a percentage is of one table. */
function unitsOf(options: Options): ('read' | 'write')[] {
  const isUnits = (value: unknown) => /^\d+(\.\d+)?$/.test(String(value))
  return (['read', 'write'] as const).filter((kind) => isUnits(options[`${kind}Capacity`]))
}

/** Lists the tables beside a master once for each way to reach them. */
function listing(identity: RunIdentity, signal: AbortSignal | undefined): ListBeside {
  const known = new Map<string, Promise<readonly string[]>>()
  return async (options, spelling, { master }) => {
    const named = { master: anyFitting(master), replicas: [anyFitting(master)] }
    const settings = resolveOptions({ ...options, ...named } as unknown as RunOptions, spelling)
    const { region, endpoint } = settings.master.ref
    const way = JSON.stringify([region, endpoint, settings.master.credentials])
    const { listTables } = await import('../../run/tables/list-tables.ts')
    const listed = known.get(way) ?? listTables(settings, { ...identity, signal })
    known.set(way, listed)
    return listed
  }
}

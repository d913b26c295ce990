/** Pairs in, result out: what the command with `--config` and `runPairs` have in common. */
import { usageError } from '../errors.ts'
import type { PairsSummary } from '../model/results/pairs-summary.ts'
import { newRunIdentity, type RunIdentity } from '../model/run-identity.ts'
import { currentOptions } from '../options/current-options.ts'
import type { Spelling } from '../options/option.ts'
import { checkPairs, type PairOptions, type PairsOptions } from '../options/pair-options.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { RunOptions } from '../options/run-options.ts'
import type { Settings } from '../options/settings.ts'
import { parseDuration } from '../options/values/duration.ts'
import { refuseCollidingPairs } from '../pairs/colliding-pairs.ts'
import { expandedPairs } from '../pairs/expanded-pairs.ts'
import { filesOfPair, isPerPair, refuseSharedOutput } from '../pairs/pair-files.ts'
import { anyFitting } from '../pairs/table-pattern.ts'
import { isThere } from '../run/checkpoint/checkpoint-file.ts'
import { CapacityShares } from '../run/rate/capacity-shares.ts'
import { SharedLimits } from '../run/safeguards/shared-limits.ts'
import type { Caller } from './caller.ts'
import { type ManyListeners, manyRuns, type OneOfMany } from './many-runs.ts'
import { sync } from './sync.ts'

type Options = Readonly<Record<string, unknown>>

/** How a field of the pairs is named to who gave it. */
export type FieldName = (path: readonly (string | number)[]) => string

export interface PairsGiven extends ManyListeners {
  readonly options: PairsOptions
  /** Options that win over all others: those that were typed. */
  readonly over?: Options
  readonly nameOf?: FieldName
}

const asPath: FieldName = (path) =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1)

/**
 * @throws TablesyncError where the options, or the pairs together, are not fit. Nothing was scanned
 * or written then
 */
export async function pairs(given: PairsGiven, caller: Caller): Promise<PairsSummary> {
  const { options, over = {}, nameOf = asPath, ...listeners } = given
  const { pairs: named, pairsAtOnce = 1, limits = {}, ...shared } = options
  checkPairs(options, nameOf)
  refuseTokens({ ...shared, ...over }, caller.spelling)
  const identity = caller.identity ?? newRunIdentity()
  const { maxDuration, html, ...ofAll } = { ...shared, ...over } as Options
  const optionsOf = ({ name, master, replica, replicas, ...own }: PairOptions) =>
    // What is typed wins over what a pair says of itself.
    currentOptions({ ...withoutJob(shared), ...own, ...withoutJob(over) }) as Options
  const spellingOf = (at: number): Spelling => {
    const own = named[at] as unknown as Options
    return (option) => {
      if (option === 'replicas' && own['replica'] !== undefined)
        return nameOf(['pairs', at, 'replica'])
      return Object.hasOwn(own, option) && !Object.hasOwn(over, option)
        ? nameOf(['pairs', at, option])
        : caller.spelling(option)
    }
  }
  const expanded = await expandedPairs(
    named,
    listing({ optionsOf, spellingOf, identity, ...listeners }),
    (at, field) => nameOf(['pairs', at, field]),
  )
  const isPage = html !== undefined && !isPerPair(html)
  const resolved = await Promise.all(
    expanded.map(async (pair) => {
      const own = { ...(isPerPair(html) && { html }), ...optionsOf(named[pair.at] as PairOptions) }
      const files = filesOfPair(own, pair.name)
      const run = await withResume({ ...files, master: pair.master, replicas: pair.replicas })
      const spelling = spellingOf(pair.at)
      const settings = resolveOptions(run as unknown as RunOptions, spelling)
      return { ...pair, options: run, settings, spelling }
    }),
  )
  refuseSharedOutput(resolved, caller.spelling)
  refuseCollidingPairs(resolved)
  const sharedLimits = new SharedLimits(limits, new CapacityShares(sharedKinds(ofAll)))
  const runs = resolved.map(
    ({ name, settings, options: run, spelling }): OneOfMany => ({
      ...{ name, master: settings.master.ref.label },
      replicas: settings.replicas.map(({ ref }) => ref.label),
      run: (listening) => {
        const { identity: _, ...one } = caller
        const given = { ...run, ...listening } as unknown as RunOptions
        return sync(given, { ...one, spelling, sharedLimits })
      },
    }),
  )
  const limit =
    maxDuration === undefined
      ? undefined
      : parseDuration(String(maxDuration), caller.spelling('maxDuration'))
  const summary = await manyRuns(
    { identity, runs, atOnce: pairsAtOnce, maxDuration: limit },
    listeners,
  )
  if (!isPage) return summary
  const { withPageOfPairs } = await import('./page-of-pairs.ts')
  return withPageOfPairs(summary, String(html), caller)
}

/** What is of all pairs together. */
const withoutJob = ({ maxDuration: _, html: __, ...options }: Options): Options => options

/** A number of units is one limit for all; a percentage is of a table. */
function sharedKinds(options: Options): ('read' | 'write')[] {
  const isUnits = (value: unknown) => /^\d+(\.\d+)?$/.test(String(value))
  return [
    ...(isUnits(options['readCapacity']) ? (['read'] as const) : []),
    ...(isUnits(options['writeCapacity']) ? (['write'] as const) : []),
  ]
}

/** A token of an MFA device serves once. */
function refuseTokens(options: Options, spelling: Spelling): void {
  const token = ['mfaToken', 'replicaMfaToken'].find((name) => options[name] !== undefined)
  if (token === undefined) return
  throw usageError(
    `Expected \`${spelling(token)}\` to be left out with pairs, got it: it serves one run`,
    'Take temporary credentials of the role first (aws sts assume-role), or name a profile.',
  )
}

/** A pair whose turn had not come has no checkpoint yet. */
async function withResume(options: Options): Promise<Options> {
  const { checkpoint, resume, ...others } = options
  if (typeof checkpoint !== 'string') return options
  const isResumed = resume === true && (await isThere(checkpoint))
  return { ...others, checkpoint, ...(isResumed && { resume }) }
}

interface Listing {
  readonly optionsOf: (pair: PairOptions) => Options
  readonly spellingOf: (at: number) => Spelling
  readonly identity: RunIdentity
  readonly signal?: AbortSignal
}

/** Lists the tables beside a master once for each way to reach them. */
function listing({ optionsOf, spellingOf, identity, signal }: Listing) {
  const known = new Map<string, Promise<readonly string[]>>()
  return async (pair: PairOptions, at: number): Promise<readonly string[]> => {
    const named = { master: anyFitting(pair.master), replicas: [anyFitting(pair.master)] }
    const given = { ...optionsOf(pair), ...named } as unknown as RunOptions
    const settings: Settings = resolveOptions(given, spellingOf(at))
    const { region, endpoint } = settings.master.ref
    const way = JSON.stringify([region, endpoint, settings.master.credentials])
    const { listTables } = await import('../run/tables/list-tables.ts')
    const listed = known.get(way) ?? listTables(settings, { ...identity, signal })
    known.set(way, listed)
    return listed
  }
}

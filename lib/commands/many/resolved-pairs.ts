/** Makes the pairs of a run ready: which tables, which options, which files. Nothing is done before. */
import { usageError } from '../../errors.ts'
import { isThere } from '../../files/regular-file.ts'
import { currentOptions } from '../../options/current-options.ts'
import type { Spelling } from '../../options/option.ts'
import { ownOptions } from '../../options/own-options.ts'
import {
  COMPARED_OPTIONS,
  checkPairs,
  type PairOptions,
  type PairsOptions,
  unknownField,
} from '../../options/pair-options.ts'
import { resolveOptions } from '../../options/resolve.ts'
import type { RunOptions } from '../../options/run-options.ts'
import type { Settings } from '../../options/settings.ts'
import { reached } from '../../options/table-fields.ts'
import { refuseUnwritablePage } from '../../page/page-file.ts'
import { refuseCollidingPairs } from '../../pairs/colliding-pairs.ts'
import { expandedPairs, type TablesBeside } from '../../pairs/expanded-pairs.ts'
import { filesOfPair, isPerPair, refuseSharedOutput } from '../../pairs/pair-files.ts'
import { refuseSharedPlaces } from './files-of-pairs.ts'

export type Options = Readonly<Record<string, unknown>>

/** How a field of the pairs is named to who gave it. */
export type FieldName = (path: readonly (string | number)[]) => string

export interface GivenPairs {
  readonly options: PairsOptions
  /** Options that win over all others: those that were typed. */
  readonly over?: Options
  readonly nameOf?: FieldName
  /** Other files in use, by the name that the user knows. */
  readonly otherFiles?: Readonly<Record<string, string | undefined>>
}

export interface ResolvedPair {
  readonly name: string
  /** As `runSync` takes them. */
  readonly options: Options
  readonly settings: Settings
  readonly spelling: Spelling
  /** Kinds of capacity whose limit is the pair's own. */
  readonly ownCapacity: ReadonlySet<string>
}

const asPath: FieldName = (path) =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1)

/** Lists the tables beside a master, by the options of its pair. */
export type ListBeside = (
  options: Options,
  spelling: Spelling,
  pair: PairOptions,
) => Promise<readonly string[]>

/** @throws TablesyncError where the options, or the pairs together, are not fit */
export async function resolvedPairs(
  { options: given, over = {}, nameOf = asPath, otherFiles = {} }: GivenPairs,
  spelling: Spelling,
  listBeside: ListBeside,
): Promise<readonly ResolvedPair[]> {
  const options = ownOptions(given)
  const { pairs: named, pairsAtOnce: _, limits: __, ...shared } = options
  checkPairs(options, nameOf)
  refuseOfTables(over, spelling)
  refuseUnshared({ ...shared, ...over }, spelling, nameOf)
  const { html } = { ...shared, ...over } as Options
  const page = html !== undefined && !isPerPair(html) ? String(html) : undefined
  const optionsOf = ({ name, master, replica, replicas, ...own }: PairOptions) =>
    // What is typed wins over what a pair says of itself.
    currentOptions({ ...ofOne(shared, page), ...own, ...ofOne(over, page) }) as Options
  const spellingOf = (at: number): Spelling => {
    const own = named[at] as unknown as Options
    return (option) => {
      if (option === 'replicas' && own['replica'] !== undefined) {
        return nameOf(['pairs', at, 'replica'])
      }
      return Object.hasOwn(own, option) && !Object.hasOwn(over, option)
        ? nameOf(['pairs', at, option])
        : spelling(option)
    }
  }
  const tablesBeside: TablesBeside = (pair, at) => listBeside(optionsOf(pair), spellingOf(at), pair)
  const expanded = await expandedPairs(
    named.map((pair) => reached(pair, over)),
    tablesBeside,
    (at, field) => nameOf(['pairs', at, field]),
  )
  const resolved = await Promise.all(
    expanded.map(async ({ at, name, master, replicas }) => {
      const pair = named[at] as PairOptions
      const run = await withResume({ ...filesOfPair(optionsOf(pair), name), master, replicas })
      const settings = resolveOptions(run as unknown as RunOptions, spellingOf(at))
      const ownCapacity = new Set(Object.keys(pair).filter((field) => !Object.hasOwn(over, field)))
      return { name, options: run, settings, spelling: spellingOf(at), ownCapacity }
    }),
  )
  refuseSharedOutput(resolved, spelling)
  await refuseSharedPlaces(resolved, { page, otherFiles, spelling })
  refuseCollidingPairs(resolved)
  if (page !== undefined) await refuseUnwritablePage(page)
  return resolved
}

/** Without what is of all pairs together. */
const ofOne = ({ maxDuration: _, html, ...options }: Options, page: string | undefined): Options =>
  html === undefined || page !== undefined ? options : { ...options, html }

function refuseOfTables(over: Options, spelling: Spelling): void {
  const typed = ['master', 'replicas'].find((name) => over[name] !== undefined)
  if (typed === undefined) return
  throw usageError(
    `Expected pairs without \`${spelling(typed)}\`, got both`,
    'The pairs name the tables. Leave it out, or the file of pairs.',
  )
}

function refuseUnshared(shared: Options, spelling: Spelling, nameOf: FieldName): void {
  for (const name of Object.keys(shared)) {
    if (!COMPARED_OPTIONS.has(name) && name !== 'undo') {
      throw unknownField(name, nameOf([name]), [...COMPARED_OPTIONS.keys()])
    }
  }
  // A token of an MFA device serves once.
  const token = ['mfaToken', 'replicaMfaToken'].find((name) => shared[name] !== undefined)
  if (token !== undefined) {
    throw usageError(
      `Expected \`${spelling(token)}\` to be left out with pairs, got it: it serves one run`,
      'Take temporary credentials of the role first (aws sts assume-role), or name a profile.',
    )
  }
  if (shared['keys'] === '-') {
    throw usageError(
      `Expected \`${spelling('keys')}\` to be a file with pairs, got "-"`,
      'Only one of them could read standard input. Name a file.',
    )
  }
  for (const name of ['html', 'maxDuration']) {
    const value = shared[name]
    if (value === undefined || (typeof value === 'string' && value !== '' && value !== '-'))
      continue
    throw usageError(
      `Expected \`${spelling(name)}\` to be ${name === 'html' ? 'a file' : 'a duration like 8h'}, got ${typeof value === 'string' ? `"${value}"` : typeof value}`,
      'Correct it, or leave it out.',
    )
  }
}

/** A pair whose turn had not come has no checkpoint yet. */
async function withResume(options: Options): Promise<Options> {
  const { checkpoint, resume, ...others } = options
  if (typeof checkpoint !== 'string') return options
  const isResumed = resume === true && (await isThere(checkpoint))
  return { ...others, checkpoint, ...(isResumed && { resume }) }
}

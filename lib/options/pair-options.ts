/** What may be said of a run over many pairs: for all of them, for a pair, and for a table. */
import { type TablesyncError, usageError } from '../errors.ts'
import { nameOfFlag } from './check.ts'
import { OPTIONS } from './groups/all-options.ts'
import { PART_OPTIONS } from './groups/items/part-options.ts'
import { PROGRAM_OPTIONS, type ProgramOptions } from './groups/program-options.ts'
import type { TableOptions } from './groups/table-options.ts'
import { nearest } from './nearest.ts'
import type { Option } from './option.ts'
import type { RunOptions } from './run-options.ts'
import { shown } from './values/quoted-value.ts'

type OfTables = 'master' | 'replicas'

/** A pair: a master with its replicas, and options that hold for it alone. */
export interface PairOptions extends Omit<Partial<RunOptions>, OfTables | keyof ProgramOptions> {
  /** How results and files name the pair. @default the name of the master */
  readonly name?: string
  /** The table that is the truth. `*` in its name stands for any text: all such tables are meant. */
  readonly master: string | TableOptions
  /** One replica, instead of `replicas`. `*` in its name is what `*` stands for in the master's. */
  readonly replica?: string | TableOptions
  readonly replicas?: readonly (string | TableOptions)[]
}

/** Totals of all pairs together. */
export interface PairLimits {
  readonly maxWrites?: number
  readonly maxDeletes?: number
  readonly maxReadUnits?: number
}

/** Pairs to compare, and options that hold for each of them that has none of its own. */
export interface PairsOptions extends Omit<Partial<RunOptions>, OfTables | keyof ProgramOptions> {
  readonly pairs: readonly PairOptions[]
  /** How many pairs to compare at once, 1 to 64. @default 1 */
  readonly pairsAtOnce?: number
  readonly limits?: PairLimits
}

const LIMITS = ['maxWrites', 'maxDeletes', 'maxReadUnits'] as const

/** Options of the run that only a comparison takes, and none that only a program can give. */
export const COMPARED_OPTIONS: ReadonlyMap<string, Option> = new Map(
  Object.entries(OPTIONS as Readonly<Record<string, Option>>).filter(
    ([name, { only }]) =>
      only === undefined && name !== 'master' && name !== 'replicas' && !isOfFileCommand(name),
  ),
)

/** Lines of a file to pick are no part of a comparison, and a part of one table says nothing of others. */
function isOfFileCommand(name: string): boolean {
  return ['kind', 'attribute', 'exceptKeys'].includes(name) || Object.hasOwn(PART_OPTIONS, name)
}

const PAIR_FIELDS = ['name', 'master', 'replica', 'replicas']

/**
 * Checks which fields there are; what they say is checked with the options of each pair.
 *
 * @param nameOf how the user knows a field, by its path
 * @throws TablesyncError with code `USAGE`
 */
export function checkPairs(
  { pairs, limits, pairsAtOnce }: Pick<PairsOptions, 'pairs' | 'limits' | 'pairsAtOnce'>,
  nameOf: (path: readonly (string | number)[]) => string,
): void {
  if (!Array.isArray(pairs) || pairs.length === 0) {
    throw usageError(
      `Expected \`${nameOf(['pairs'])}\` to be a list of pairs, got ${shown(pairs)}`,
      'For example: [{ master: "us-east-1:Orders", replica: "eu-west-1:Orders" }].',
    )
  }
  for (const [at, pair] of pairs.entries())
    checkPair(pair, (path) => nameOf(['pairs', at, ...path]))
  if (pairsAtOnce !== undefined) {
    checkWhole(pairsAtOnce, nameOf(['pairsAtOnce']), { least: 1, most: 64 })
  }
  checkLimits(limits, (path) => nameOf(['limits', ...path]))
}

function checkPair(pair: unknown, nameOf: (path: readonly (string | number)[]) => string): void {
  if (!isFields(pair)) {
    throw usageError(
      `Expected \`${nameOf([])}\` to have a master and a replica, got ${shown(pair)}`,
      'For example { master: "us-east-1:Orders", replica: "eu-west-1:Orders" }.',
    )
  }
  for (const field of Object.keys(pair)) {
    if (PAIR_FIELDS.includes(field) || COMPARED_OPTIONS.has(field)) continue
    throw unknownField(field, nameOf([field]), [...PAIR_FIELDS, ...COMPARED_OPTIONS.keys()])
  }
  const { name, replica, replicas } = pair as unknown as PairOptions
  if (
    name !== undefined &&
    (typeof name !== 'string' || !/^(?!\.+$)[A-Za-z0-9_.*-]{1,100}$/.test(name))
  ) {
    throw usageError(
      `Expected \`${nameOf(['name'])}\` to be 1 to 100 letters, digits, _, . or -, got ${shown(name)}`,
      'It is part of the names of files, and no folder.',
    )
  }
  if (replicas !== undefined && !Array.isArray(replicas)) {
    throw usageError(
      `Expected \`${nameOf(['replicas'])}\` to be a list, got ${shown(replicas)}`,
      'For example [eu-west-1:Orders]. One table alone may be its `replica`.',
    )
  }
  if ((replica === undefined) === (replicas === undefined)) {
    throw usageError(
      `Expected \`${nameOf(['replica'])}\` or \`replicas\`, got ${replica === undefined ? 'neither' : 'both'}`,
      'Name the tables that should equal the master.',
    )
  }
}

function checkLimits(limits: unknown, nameOf: (path: readonly string[]) => string): void {
  if (limits === undefined) return
  if (!isFields(limits)) {
    throw usageError(
      `Expected \`${nameOf([])}\` to have limits by name, got ${shown(limits)}`,
      `There are ${LIMITS.join(', ')}.`,
    )
  }
  for (const [name, value] of Object.entries(limits)) {
    if (!LIMITS.includes(name as never)) throw unknownField(name, nameOf([name]), LIMITS)
    if (value === undefined) continue
    checkWhole(value, nameOf([name]), { least: 0, most: Number.MAX_SAFE_INTEGER })
  }
}

function checkWhole(
  value: unknown,
  name: string,
  { least, most }: { readonly least: number; readonly most: number },
): void {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return
  throw usageError(
    `Expected \`${name}\` to be a whole number from ${least} to ${most}, got ${shown(value)}`,
    'Correct it, or leave it out.',
  )
}

export function unknownField(
  field: string,
  name: string,
  known: readonly string[],
): TablesyncError {
  if (Object.hasOwn(PROGRAM_OPTIONS, field)) {
    return usageError(
      `Expected \`${name}\` to be left out here, got it`,
      'Only a program gives it, and for the whole run.',
    )
  }
  const alike = nameOfFlag(field) ?? nearest(field, known)
  const hint = alike === undefined || !known.includes(alike) ? undefined : alike
  return usageError(
    `Expected a known option, got \`${name}\``,
    hint === undefined ? 'docs/flags.md lists all options.' : `Is \`${hint}\` meant?`,
  )
}

export const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Makes pairs of tables of the pairs that somebody named: one for each table that fits a pattern. */
import { usageError } from '../errors.ts'
import type { TableOptions } from '../options/groups/table-options.ts'
import type { PairOptions } from '../options/pair-options.ts'
import { filledIn, isPattern, matching, starsIn } from './table-pattern.ts'

export interface ExpandedPair {
  /** Which of the named pairs it comes from. */
  readonly at: number
  readonly name: string
  readonly master: string | TableOptions
  readonly replicas: readonly (string | TableOptions)[]
}

/** Yields the tables of the master's account and region, as the pair reaches them. */
export type TablesBeside = (pair: PairOptions, at: number) => Promise<readonly string[]>

/** How the user knows a field of a pair. */
export type PairField = (at: number, field: string) => string

/** @throws TablesyncError with code `USAGE` where a pattern fits nothing, or replicas do not follow it */
export async function expandedPairs(
  pairs: readonly PairOptions[],
  tablesBeside: TablesBeside,
  nameOf: PairField,
): Promise<ExpandedPair[]> {
  const expanded: ExpandedPair[] = []
  for (const [at, pair] of pairs.entries()) {
    const named = nameOf.bind(undefined, at)
    expanded.push(...(await expand(pair, at, { tablesBeside, named })))
  }
  return withNames(expanded, pairs, nameOf)
}

interface Expanding {
  readonly tablesBeside: TablesBeside
  readonly named: (field: string) => string
}

async function expand(
  pair: PairOptions,
  at: number,
  { tablesBeside, named }: Expanding,
): Promise<ExpandedPair[]> {
  const { master, name = '' } = pair
  const replicas = pair.replicas ?? (pair.replica === undefined ? [] : [pair.replica])
  const field = pair.replicas === undefined ? 'replica' : 'replicas'
  const pattern = textOf(master)
  if (!isPattern(pattern)) {
    const stray = replicas.map(textOf).find(isPattern) ?? (isPattern(name) ? name : undefined)
    if (stray === undefined) return [{ at, name, master, replicas }]
    throw usageError(
      `Expected \`${named(field)}\` without *, got "${stray}"`,
      'A * there needs one in the name of the master: it stands for the same text.',
    )
  }
  if (pattern.startsWith('arn:')) {
    throw usageError(
      `Expected \`${named('master')}\` with * to be <region>:<table>, got an ARN`,
      'Tables are listed in the account of the credentials: name a profile of it.',
    )
  }
  for (const replica of [...replicas.map(textOf), ...(name === '' ? [] : [name])]) {
    if (starsIn(replica) === starsIn(pattern)) continue
    throw usageError(
      `Expected "${replica}" to have as many * as its master "${pattern}", got ${starsIn(replica)}`,
      'Each * is what the * of the master stands for.',
    )
  }
  const [region, table] = [regionOf(pattern), pattern.slice(pattern.indexOf(':') + 1)]
  const found = matching(table, await tablesBeside(pair, at))
  if (found.length === 0) {
    throw usageError(
      `Expected \`${named('master')}\` "${pattern}" to fit a table, got none that does`,
      'Check region, account and spelling: aws dynamodb list-tables shows the names.',
    )
  }
  return found.map(({ name: match, captured }) => ({
    at,
    name: filledIn(name, captured),
    master: withText(master, `${region}:${match}`),
    replicas: replicas.map((replica) => withText(replica, filledIn(textOf(replica), captured))),
  }))
}

const regionOf = (text: string) => text.slice(0, Math.max(text.indexOf(':'), 0))

export const textOf = (table: string | TableOptions): string =>
  typeof table === 'string' ? table : String(table?.table)

const withText = (table: string | TableOptions, text: string): string | TableOptions =>
  typeof table === 'string' ? text : { ...table, table: text }

/** The name of the table, without region and account. */
const tableIn = (text: string) =>
  text.slice(Math.max(text.lastIndexOf(':'), text.lastIndexOf('/')) + 1)

/** A pair without a name of its own has that of its master. */
function withNames(
  pairs: readonly ExpandedPair[],
  given: readonly PairOptions[],
  nameOf: PairField,
): ExpandedPair[] {
  const named = pairs.map((pair) => ({ ...pair, name: pair.name || tableIn(textOf(pair.master)) }))
  const folder = named.find(({ name }) => /^\.+$/.test(name))
  if (folder !== undefined) {
    throw usageError(
      `Expected \`${nameOf(folder.at, 'name')}\` to name a file, got "${folder.name}"`,
      'It is part of the names of files, and no folder.',
    )
  }
  const twice = named.find(({ name }, at) => named.findIndex((one) => one.name === name) !== at)
  if (twice === undefined) return named
  const isOwn = given[twice.at]?.name !== undefined
  throw usageError(
    `Expected each pair to have a name of its own, got "${twice.name}" twice`,
    `${isOwn ? 'Change' : 'Add'} \`${nameOf(twice.at, 'name')}\`: results and files are named by it.`,
  )
}

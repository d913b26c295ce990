/** Options that choose by their content which items of the master are compared. */
import { usageError } from '../../../errors.ts'
import type { ItemFilter } from '../../../model/item-filter.ts'
import type { WireItem } from '../../../model/wire.ts'
import type { Group, OptionsOf, Spelling } from '../../option.ts'
import { isJsonObject, jsonObjectOf } from '../../values/json-object.ts'
import { shown } from '../../values/quoted-value.ts'

export const FILTER_OPTIONS = {
  /**
   * Compare only items of the master that this expression holds for, as a Scan takes it. A replica
   * is read by key, and extras are not looked for.
   */
  filterExpression: {
    flag: 'filter-expression',
    kind: 'text',
    value: 'expression',
    mayHoldCommas: true,
    help: 'Compare only items of the master that this filter expression holds for; extras are not looked for',
    more: 'For example `#state = :open`, with the two flags below, as in the aws command. It saves no read units of the scan. It may not use parts of the key.',
  },
  /** Names for the placeholders of the filter, as an object or as its JSON text. */
  expressionAttributeNames: {
    flag: 'expression-attribute-names',
    kind: 'key',
    value: 'json',
    mayHoldCommas: true,
    help: 'Names for the placeholders of the filter: {"#state":"state"}',
  },
  /** Values for the placeholders of the filter, in DynamoDB JSON, as an object or as its text. */
  expressionAttributeValues: {
    flag: 'expression-attribute-values',
    kind: 'key',
    value: 'json',
    mayHoldCommas: true,
    help: 'Values for the placeholders of the filter, in DynamoDB JSON: {":open":{"S":"open"}}',
  },
  /**
   * Compare only as many items of the master, those that its scan returns first: to seed a table.
   * Implies one segment. A replica is read by key, and extras are not looked for.
   */
  first: {
    flag: 'first',
    notFor: ['shard-plan'],
    kind: 'whole',
    value: 'n',
    least: 1,
    most: Number.MAX_SAFE_INTEGER,
    help: 'Compare only the first <n> items that the scan of the master returns; extras are not looked for',
    more: 'Implies one segment. With a filter, it counts items that the filter chose. The order is that of the scan: which items come first says nothing of them.',
  },
} as const satisfies Group

export type FilterOptions = OptionsOf<typeof FILTER_OPTIONS>

export interface FilterSettings {
  /** Undefined: all items are compared. */
  readonly filter: ItemFilter | undefined
  /** Items of the master to compare. Undefined: all. */
  readonly first: number | undefined
}

/** Whether some items of the master are left out: extras of a replica cannot be told from those. */
export const choosesItems = ({ filterExpression, first }: FilterOptions): boolean =>
  filterExpression !== undefined || first !== undefined

export function resolveFilter(given: FilterOptions, spelling: Spelling): FilterSettings {
  const { filterExpression: expression, first } = given
  const { expressionAttributeNames: names, expressionAttributeValues: values } = given
  if (expression === undefined) {
    const alone = names === undefined ? 'expressionAttributeValues' : 'expressionAttributeNames'
    if (given[alone] === undefined) return { filter: undefined, first }
    throw usageError(
      `Expected \`${spelling(alone)}\` to come with \`${spelling('filterExpression')}\`, got it alone`,
      `Add \`${spelling('filterExpression')}\`.`,
    )
  }
  const filter = {
    expression,
    names: placeholders(names, spelling('expressionAttributeNames'), {
      form: /^#\w+$/,
      isRight: (value) => typeof value === 'string',
      example: '{"#state":"state"}',
    }) as ItemFilter['names'],
    values: placeholders(values, spelling('expressionAttributeValues'), {
      form: /^:\w+$/,
      isRight: (value) => isJsonObject(value) && Object.keys(value).length === 1,
      example: '{":open":{"S":"open"}}',
    }) as WireItem,
  }
  return { filter, first }
}

/** Placeholders of our own, in a Query. */
const OWN = /^.tablesync_key_/

interface Placeholders {
  readonly form: RegExp
  readonly isRight: (value: unknown) => boolean
  readonly example: string
}

function placeholders(
  given: FilterOptions['expressionAttributeNames'],
  name: string,
  { form, isRight, example }: Placeholders,
): Readonly<Record<string, unknown>> {
  if (given === undefined) return {}
  const value = jsonObjectOf(given)
  const isAll =
    value !== undefined &&
    Object.entries(value).every(([at, one]) => form.test(at) && !OWN.test(at) && isRight(one))
  if (isAll) return value
  // What it holds may be a value of an item.
  throw usageError(
    `Expected \`${name}\` to be JSON like ${example}, got ${typeof given === 'string' ? 'JSON of another form, or none' : shown(typeof given)}`,
    'Quote it for the shell: \'…\'. Numbers are texts: {"N":"5"}.',
  )
}

/** What a comparison of chosen items cannot do, and why. */
const APART = {
  deleteExtra: 'An item that is left out looks like one that the master lacks.',
  scanForExtra: 'An item that is left out looks like one that the master lacks.',
  key: 'Listed keys are compared whatever they hold.',
  keys: 'Listed keys are compared whatever they hold.',
} as const

type Beside = FilterOptions & { readonly strategy?: string; readonly segments?: number } & {
  readonly [name in keyof typeof APART]?: unknown
}

/** @throws TablesyncError with code `USAGE` */
export function refuseBesideFilter(given: Beside, spelling: Spelling): void {
  if (!choosesItems(given)) return
  const flag = spelling(given.filterExpression === undefined ? 'first' : 'filterExpression')
  const refuse = (other: string, hint: string) =>
    usageError(`Expected \`${flag}\` without \`${other}\`, got both`, hint)
  if (given.strategy === 'march') {
    throw refuse(
      `${spelling('strategy')} march`,
      'Leave the strategy out: replicas are read by key then.',
    )
  }
  if (given.first !== undefined && given.segments !== undefined && given.segments > 1) {
    throw usageError(
      `Expected \`${spelling('first')}\` with one segment, got \`${spelling('segments')}\` ${given.segments}`,
      'Leave the segments out: several would each have items that come first.',
    )
  }
  const apart = (Object.keys(APART) as (keyof typeof APART)[]).find(
    (name) => given[name] !== undefined && given[name] !== false,
  )
  if (apart === undefined) return
  throw refuse(spelling(apart), `Leave one of the two out. ${APART[apart]}`)
}

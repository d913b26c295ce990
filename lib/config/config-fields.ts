/** Which fields a file of options may have, and which values no file may hold. */
import { usageError } from '../errors.ts'
import { ALL_OPTIONS, COMMAND_OPTIONS } from '../options/groups/all-options.ts'
import { COMPARED_OPTIONS, isFields, unknownField } from '../options/pair-options.ts'
import { checkValue } from '../options/values/check-value.ts'

/** Names a field with its line: `maxWrites (tables.yaml:12)`. */
export type FieldName = (path: readonly (string | number)[]) => string

/** Where editors find the schema. */
const SCHEMA = '$schema'

/** What is of the command that is typed, and of nothing else. */
const OF_THIS_COMMAND = ['config', 'estimate', 'estimateFrom', 'json', 'logFormat']

/** Options of the command that a file may hold. */
export const isOfCommand = (name: string): boolean =>
  Object.hasOwn(COMMAND_OPTIONS, name) && !OF_THIS_COMMAND.includes(name)

/** By their names, all that may stand in a file beside `pairs` and `limits`. */
export const configFields = (): string[] => [
  ...['master', 'replicas'],
  ...COMPARED_OPTIONS.keys(),
  ...Object.keys(COMMAND_OPTIONS).filter(isOfCommand),
]

/** @throws TablesyncError with code `USAGE` */
export function checkFields(fields: Readonly<Record<string, unknown>>, nameOf: FieldName): void {
  const known = ['pairs', 'limits', ...configFields()]
  for (const [name, value] of Object.entries(fields)) {
    if (name === SCHEMA) continue
    if (!known.includes(name)) throw unknownField(name, nameOf([name]), known)
    checkOne(name, value, nameOf([name]))
  }
  const { pairs } = fields
  if (pairs === undefined) {
    const alone = ['limits', 'pairsAtOnce'].find((name) => fields[name] !== undefined)
    if (alone !== undefined) {
      throw usageError(
        `Expected \`${nameOf([alone])}\` to come with \`pairs\`, got it alone`,
        'Name the pairs, or leave it out.',
      )
    }
    return
  }
  const table = ['master', 'replicas'].find((name) => fields[name] !== undefined)
  if (table !== undefined) {
    throw usageError(
      `Expected \`${nameOf([table])}\` or \`pairs\`, got both`,
      'Name the tables of each pair within `pairs`.',
    )
  }
  for (const [at, pair] of Array.isArray(pairs) ? pairs.entries() : []) {
    for (const [name, value] of isFields(pair) ? Object.entries(pair) : []) {
      checkOne(name, value, nameOf(['pairs', at, name]))
    }
  }
}

/** What a table may be given in a file. */
const TABLE_FIELDS = ['table', 'endpoint', 'profile', 'roleArn', 'mfaSerial']

function checkOne(name: string, value: unknown, shownName: string): void {
  const tables = name === 'replicas' ? value : [value]
  if (['master', 'replica', 'replicas'].includes(name)) {
    for (const table of Array.isArray(tables) ? tables : []) {
      if (isFields(table)) checkTable(table, shownName)
    }
    return
  }
  const option = ALL_OPTIONS[name]
  if (option === undefined) return
  if ('secret' in option && option.secret === true) {
    throw usageError(
      `Expected \`${shownName}\` in no file, got it: it is a secret`,
      `Give it as --${option.flag}, or use a profile.`,
    )
  }
  checkValue(option, shownName, value)
}

function checkTable(table: Readonly<Record<string, unknown>>, name: string): void {
  const stray = Object.keys(table).find((field) => !TABLE_FIELDS.includes(field))
  if (stray === undefined) return
  throw usageError(
    `Expected a table of \`${name}\` to have ${TABLE_FIELDS.join(', ')}, got \`${stray}\``,
    'Secrets stay in profiles, in files and in the environment.',
  )
}

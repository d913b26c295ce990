/**
 * Names of generated tables: `gen.<variant>.<items>.<bytes>`, and behind that `.<field>-<value>` for
 * each further field. DynamoDB takes letters, digits, `_`, `.` and `-`.
 */
import type { Change, GeneratedTable, Kind, Shape, Variant } from './generated-table.ts'

/** The fields behind the first three, and how each is read. */
const FIELDS: { readonly [Field in keyof GeneratedTable]?: (text: string) => unknown } = {
  shape: (text) => text as Shape,
  perMillion: Number,
  kinds: (text) => text.split('_') as Kind[],
  place: (text) => text as GeneratedTable['place'],
  change: (text) => text as Change,
  seed: Number,
  pageBytes: Number,
  isEven: (text) => text === 'true',
  isUnsummed: (text) => text === 'true',
  instance: Number,
}

export function tableName(table: GeneratedTable): string {
  const { variant, items, bytes } = table
  const more = Object.keys(FIELDS).flatMap((field) => {
    const value = table[field as keyof GeneratedTable]
    if (value === undefined) return []
    return [`.${field}-${Array.isArray(value) ? value.join('_') : value}`]
  })
  return `gen.${variant}.${items}.${bytes}${more.join('')}`
}

export function parseTableName(name: string): GeneratedTable {
  const [, variant, items, bytes, ...more] = name.split('.')
  const fields = more.map((part) => {
    const dash = part.indexOf('-')
    const field = part.slice(0, dash) as keyof GeneratedTable
    const read = FIELDS[field]
    if (read === undefined) throw new Error(`no generated table has a field ${field}: ${name}`)
    return [field, read(part.slice(dash + 1))]
  })
  const first = { variant: variant as Variant, items: Number(items), bytes: Number(bytes) }
  return { ...first, ...Object.fromEntries(fields) }
}

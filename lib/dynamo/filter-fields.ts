/** The fields of a request that filter its answer. */
import type { KeyText } from '../item/key.ts'
import type { ItemFilter } from '../model/item-filter.ts'
import type { WireItem } from '../model/wire.ts'
import type { TableAccess } from '../protocol/setup.ts'

/** Of a Scan. */
export const filterFields = ({ expression, names, values }: ItemFilter): string =>
  [`"FilterExpression":${JSON.stringify(expression)}`, ...placeholders(names, values)].join(',')

/**
 * Of a Query for one key with the filter: BatchGetItem takes none (API reference).
 */
export function filteredQueryBody(
  { tableName, keySchema }: TableAccess,
  { expression, names, values }: ItemFilter,
  { key, consistent }: { readonly key: KeyText; readonly consistent: boolean },
): string {
  const parts = JSON.parse(key) as WireItem
  const own = keySchema.map(({ name }, at) => ({ name, at: `tablesync_key_${at}` }))
  const condition = own.map(({ at }) => `#${at}=:${at}`).join(' AND ')
  const ownNames = Object.fromEntries(own.map(({ name, at }) => [`#${at}`, name]))
  const ownValues = Object.fromEntries(own.map(({ name, at }) => [`:${at}`, parts[name]]))
  const fields = [
    `"TableName":${JSON.stringify(tableName)}`,
    `"KeyConditionExpression":${JSON.stringify(condition)}`,
    `"FilterExpression":${JSON.stringify(expression)}`,
    ...placeholders({ ...names, ...ownNames }, { ...values, ...ownValues } as WireItem),
    `"ConsistentRead":${consistent},"ReturnConsumedCapacity":"TOTAL"`,
  ]
  return `{${fields.join(',')}}`
}

/** The service refuses empty ones. */
const placeholders = (names: ItemFilter['names'], values: WireItem): string[] => [
  ...(Object.keys(names).length > 0 ? [`"ExpressionAttributeNames":${JSON.stringify(names)}`] : []),
  ...(Object.keys(values).length > 0
    ? [`"ExpressionAttributeValues":${JSON.stringify(values)}`]
    : []),
]

/** Whether what a file holds are items of DynamoDB. Nothing that looks further into them checks that. */
import { canonicalNumber } from '../../lib/item/number.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import type { WireItem } from '../../lib/model/wire.ts'

/** Levels of nesting (developer guide, "Service quotas", attribute values). */
const MOST_LEVELS = 32

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isItem = (value: unknown): value is WireItem => isMap(value, MOST_LEVELS)

/** Whether it has the attributes of the key, and no others. */
export function isKey(value: unknown, schema: KeySchema): value is WireItem {
  if (!isItem(value) || Object.keys(value).length !== schema.length) return false
  return schema.every(({ name, type }) => {
    const part = Object.hasOwn(value, name) ? (value[name] as Record<string, unknown>) : {}
    // A key of no characters or bytes is not allowed.
    return typeof part[type] === 'string' && part[type] !== ''
  })
}

const isMap = (value: unknown, levels: number) =>
  isObject(value) && Object.values(value).every((each) => isValue(each, levels))

function isValue(value: unknown, levels: number): boolean {
  if (!isObject(value) || levels < 0) return false
  const [[type, content] = [], ...others] = Object.entries(value)
  if (others.length > 0) return false
  switch (type) {
    case 'S':
      return typeof content === 'string'
    case 'N':
      return isNumber(content)
    case 'B':
      return isBinary(content)
    case 'BOOL':
      return typeof content === 'boolean'
    case 'NULL':
      return content === true
    case 'SS':
      return isSet(content, (one) => typeof one === 'string')
    case 'NS':
      return isSet(content, isNumber)
    case 'BS':
      return isSet(content, isBinary)
    case 'L':
      return Array.isArray(content) && content.every((one) => isValue(one, levels - 1))
    case 'M':
      return isMap(content, levels - 1)
    default:
      return false
  }
}

const isNumber = (value: unknown) =>
  typeof value === 'string' && !canonicalNumber(value).startsWith('?')

const isBinary = (value: unknown) =>
  typeof value === 'string' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3}={0,2})?$/.test(value)

const isSet = (value: unknown, isMember: (one: unknown) => boolean) =>
  Array.isArray(value) && value.length > 0 && value.every(isMember)

/** Converts a key that somebody gives to a key of the table. */
import { inspect } from 'node:util'
import { type TablesyncError, usageError } from '../errors.ts'
import {
  describeKey,
  type KeyAttribute,
  type KeySchema,
  type KeyType,
} from '../model/tables/table.ts'
import type { WireValue } from '../model/wire.ts'

/**
 * DynamoDB JSON text of a key. Its values may be plain, or DynamoDB JSON of the key's type.
 *
 * @param what how messages name the key
 * @throws TablesyncError with code `USAGE` where it is no key of the table
 */
export function keyTextOfGiven(
  given: Readonly<Record<string, unknown>>,
  schema: KeySchema,
  what: string,
): string {
  const names = schema.map(({ name }) => name)
  const stray = Object.keys(given).find((name) => !names.includes(name))
  if (stray !== undefined || Object.keys(given).length !== names.length) {
    throw usageError(
      `Expected ${what} to have exactly ${describeKey(schema)}, got ${Object.keys(given).join(', ') || 'none'}`,
      'Give each attribute of the key, and no other.',
    )
  }
  const parts = schema.map((key) => [key.name, keyValue(given[key.name], key, what)])
  return JSON.stringify(Object.fromEntries(parts))
}

const SHAPE: { readonly [type in KeyType]: RegExp } = {
  S: /./s,
  N: /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/,
  B: /^(?=.)([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
}

function keyValue(value: unknown, { name, type }: KeyAttribute, what: string): WireValue {
  const text = isTyped(value, type) ? value[type] : plainText(value, type)
  if (text === undefined || !SHAPE[type].test(text)) throw refused(name, type, { what, value })
  return { [type]: text } as unknown as WireValue
}

function isTyped(value: unknown, type: string): value is { readonly [type: string]: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 1 &&
    typeof (value as Record<string, unknown>)[type] === 'string'
  )
}

function plainText(value: unknown, type: string): string | undefined {
  if (typeof value === 'string') return value
  // A larger number may have lost digits when JSON was parsed.
  const exact = typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER
  return type === 'N' && exact ? String(value) : undefined
}

function refused(
  name: string,
  type: string,
  { what, value }: { readonly what: string; readonly value: unknown },
): TablesyncError {
  return usageError(
    `Expected \`${name}\` of ${what} to be of type ${type}, got ${keyShown(value)}`,
    type === 'N'
      ? 'Quote numbers of more than 15 digits, so that none is lost.'
      : 'Binary values are given as base64.',
  )
}

/** Shows a key: it is the user's own, and no secret. A program may have put anything into it. */
function keyShown(value: unknown): string {
  try {
    return JSON.stringify(value) ?? inspect(value)
  } catch {
    return inspect(value)
  }
}

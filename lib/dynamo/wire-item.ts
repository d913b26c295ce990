/** Converts plain values back to items, as `plainItem` makes them of items. */
import type { WireItem, WireValue } from '../model/wire.ts'

/** Undefined: there is a value in it that stands for none of DynamoDB. */
export function wireItem(plain: object): WireItem | undefined {
  const members = Object.entries(plain).map(([name, value]) => [name, wireValue(value)] as const)
  return members.every(([, value]) => value !== undefined)
    ? (Object.fromEntries(members) as WireItem)
    : undefined
}

function wireValue(value: unknown): WireValue | undefined {
  switch (typeof value) {
    case 'string':
      return { S: value }
    case 'boolean':
      return { BOOL: value }
    case 'bigint':
      return { N: String(value) }
    case 'number':
      // A larger one may not be what was meant.
      return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))
        ? { N: String(value) }
        : undefined
    case 'object':
      return value === null ? { NULL: true } : wireObject(value)
    default:
      return undefined
  }
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

function wireObject(value: object): WireValue | undefined {
  if (value instanceof Uint8Array) return { B: base64(value) }
  if (value instanceof Set) return wireSet([...value])
  if (Array.isArray(value)) {
    const elements = value.map(wireValue)
    return elements.every((one) => one !== undefined) ? { L: elements } : undefined
  }
  const number = numberOf(value)
  if (number !== undefined) return { N: number }
  const map = isPlain(value) ? wireItem(value) : undefined
  return map && { M: map }
}

/** A number as the SDK wraps it. A map with a text named `value` is an object of no class. */
function numberOf(value: object): string | undefined {
  const { value: text } = value as { readonly value?: unknown }
  return !isPlain(value) && typeof text === 'string' ? text : undefined
}

const isPlain = (value: object) =>
  Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null

function wireSet(members: readonly unknown[]): WireValue | undefined {
  if (members.length === 0) return undefined
  if (members.every((one) => typeof one === 'string')) return { SS: members }
  if (members.every((one) => one instanceof Uint8Array)) return { BS: members.map(base64) }
  const values = members.map(wireValue)
  const numbers = values.flatMap((one) => (one !== undefined && 'N' in one ? [one.N] : []))
  return numbers.length === members.length ? { NS: numbers } : undefined
}

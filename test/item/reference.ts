/**
 * What the kernel has to find, written for reading and not for speed: pages are parsed, and items
 * compared value by value, by DynamoDB's rules of equality.
 */
import type { WireItem, WireValue } from '../../lib/model/wire.ts'

export interface ReferencePage {
  readonly items: readonly WireItem[]
  readonly lastEvaluatedKey: WireItem | undefined
  readonly readUnits: number
}

export function referencePage(answer: string): ReferencePage {
  const { Items, LastEvaluatedKey, ConsumedCapacity } = JSON.parse(answer)
  return {
    items: Items,
    lastEvaluatedKey: LastEvaluatedKey,
    readUnits: ConsumedCapacity?.CapacityUnits ?? 0,
  }
}

/** Items are equal if they have the same attributes, with equal values. */
export function sameItem(a: WireItem, b: WireItem): boolean {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every(
    (name) => Object.hasOwn(b, name) && sameValue(a[name] as WireValue, b[name] as WireValue),
  )
}

export function sameValue(a: WireValue, b: WireValue): boolean {
  const [type = ''] = Object.keys(a)
  if (!Object.hasOwn(b, type)) return false
  const [one, other] = [Object.values(a)[0], Object.values(b)[0]]
  switch (type) {
    case 'N':
      return sameNumber(one, other)
    case 'B':
      return sameBinary(one, other)
    case 'SS':
      return sameSet<string>(one, other, (x, y) => x === y)
    case 'NS':
      return sameSet<string>(one, other, sameNumber)
    case 'BS':
      return sameSet<string>(one, other, sameBinary)
    case 'L':
      return sameList(one, other)
    case 'M':
      return sameItem(one, other)
    default:
      return one === other
  }
}

/** Numbers are exact decimals: scaled to one power of ten, equal ones are the same integer. */
function sameNumber(a: string, b: string): boolean {
  const [one, other] = [decimal(a), decimal(b)]
  const power = Math.min(one.power, other.power)
  const at = ({ integer, power: own }: Decimal) => integer * 10n ** BigInt(own - power)
  return at(one) === at(other)
}

interface Decimal {
  readonly integer: bigint
  readonly power: number
}

function decimal(text: string): Decimal {
  const [digits = '', exponent = '0'] = text.toUpperCase().split('E')
  const [whole = '', fraction = ''] = digits.replace('+', '').split('.')
  return { integer: BigInt(whole + fraction), power: Number(exponent) - fraction.length }
}

const sameBinary = (a: string, b: string) =>
  Buffer.from(a, 'base64').equals(Buffer.from(b, 'base64'))

/** No two elements of a set are equal, so it is enough that each has a partner. */
function sameSet<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  return a.length === b.length && a.every((x) => b.some((y) => same(x, y)))
}

const sameList = (a: readonly WireValue[], b: readonly WireValue[]) =>
  a.length === b.length && a.every((value, at) => sameValue(value, b[at] as WireValue))

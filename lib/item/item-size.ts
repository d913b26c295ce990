/**
 * Sizes of items as DynamoDB counts them for capacity (Developer Guide, "DynamoDB item sizes and
 * formats"). For numbers the guide gives an approximation.
 */
import type { Bytes } from '../model/units.ts'
import type { WireItem, WireValue } from '../model/wire.ts'
import { canonicalNumber } from './number.ts'

export function itemSize(item: WireItem): Bytes {
  return sum(Object.entries(item), ([name, value]) => textSize(name) + valueSize(value))
}

/** Of a list or map, and of each of its members. */
const CONTAINER: Bytes = 3
const MEMBER: Bytes = 1

function valueSize(value: WireValue): Bytes {
  if ('S' in value) return textSize(value.S)
  if ('N' in value) return numberSize(value.N)
  if ('B' in value) return binarySize(value.B)
  if ('SS' in value) return sum(value.SS, textSize)
  if ('NS' in value) return sum(value.NS, numberSize)
  if ('BS' in value) return sum(value.BS, binarySize)
  if ('L' in value) return CONTAINER + sum(value.L, (each) => MEMBER + valueSize(each))
  if ('M' in value) return CONTAINER + MEMBER * Object.keys(value.M).length + itemSize(value.M)
  return 1
}

const textSize = (text: string): Bytes => Buffer.byteLength(text)

const binarySize = (base64: string): Bytes => Buffer.byteLength(base64, 'base64')

/** Two digits a byte, without zeros at either end, and one byte more; a sign takes another. */
function numberSize(text: string): Bytes {
  const canonical = canonicalNumber(text)
  const isNegative = canonical.startsWith('-')
  const digits = canonical.indexOf('e') - (isNegative ? 1 : 0)
  return 1 + Math.ceil(Math.max(digits, 1) / 2) + (isNegative ? 1 : 0)
}

function sum<T>(values: readonly T[], sizeOf: (value: T) => Bytes): Bytes {
  return values.reduce((total, value) => total + sizeOf(value), 0)
}

/** Converts items to plain values without loss. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { WireItem, WireValue } from '../model/wire.ts'

/** Numbers are `{ value }`, with the decimal text; sets are `Set`, binary is `Uint8Array`. */
export function plainItem(item: WireItem): Record<string, unknown> {
  return unmarshall(withBytes(item), { wrapNumbers: true })
}

function withBytes(item: WireItem): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, valueWithBytes(value)]),
  )
}

/** The SDK's values hold binary as bytes; the wire has base64. */
function valueWithBytes(value: WireValue): AttributeValue {
  if ('B' in value) return { B: Buffer.from(value.B, 'base64') }
  if ('BS' in value) return { BS: value.BS.map((text) => Buffer.from(text, 'base64')) }
  if ('L' in value) return { L: value.L.map(valueWithBytes) }
  if ('M' in value) return { M: withBytes(value.M) }
  return value as AttributeValue
}

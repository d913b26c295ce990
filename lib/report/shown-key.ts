/** A key as people read it, and as `--key` takes it. */
import type { WireItem, WireValue } from '../model/wire.ts'

/** Plain JSON where that loses nothing, else DynamoDB JSON. */
export function shownKey(key: WireItem): string {
  const values = Object.values(key)
  if (!values.every(isPlain)) return JSON.stringify(key)
  const parts = Object.entries(key).map(
    ([name, value]) => `${JSON.stringify(name)}:${plain(value)}`,
  )
  return `{${parts.join(',')}}`
}

/** A number that JavaScript reads as it is spelt, or a text. */
const isPlain = (value: WireValue) =>
  'S' in value ||
  ('N' in value && Number.isSafeInteger(Number(value.N)) && String(Number(value.N)) === value.N)

const plain = (value: WireValue) =>
  'N' in value ? value.N : JSON.stringify(Object.values(value)[0])

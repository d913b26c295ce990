/** Members of answers that more than one reader knows. */
import type { ReadUnits, WriteUnits } from '../model/units.ts'
import { textOf } from './json-bytes.ts'

/** `CapacityUnits` of a ConsumedCapacity value; 0 where the engine gave none, or none that can be. */
export function unitsOf(capacity: unknown): ReadUnits | WriteUnits {
  const units = (capacity as { CapacityUnits?: unknown } | null)?.CapacityUnits
  return typeof units === 'number' && units >= 0 && units <= MOST_UNITS ? units : 0
}

/** More than any request takes. */
const MOST_UNITS = 1e9

/** A key as DynamoDB JSON text; undefined for one that is null. */
export function keyText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const text = textOf(bytes, start, end)
  return text === 'null' ? undefined : text
}

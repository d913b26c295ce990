/** Items that have expired and only wait for the service to delete them. */

import type { Milliseconds } from '../model/units.ts'
import type { WireItem } from '../model/wire.ts'

/** Items that expired longer ago are never deleted (developer guide, "Using time to live"). */
const FORGOTTEN_AFTER_SECONDS = 5 * 365 * 24 * 60 * 60

/** Whether the attribute, read as epoch seconds as the service does, says that the item expired. */
export function isExpired(item: WireItem, attribute: string, now: Milliseconds): boolean {
  const value = Object.hasOwn(item, attribute) ? item[attribute] : undefined
  if (value === undefined || !('N' in value)) return false
  const age = now / 1000 - Number(value.N)
  return age > 0 && age < FORGOTTEN_AFTER_SECONDS
}

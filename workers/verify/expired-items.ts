/** Expired items, which count as absent from both sides: the service deletes them when it comes to it. */
import { parseItem } from '../../lib/item/compare.ts'
import { isExpired } from '../../lib/item/expiry.ts'
import type { ReplicaTask } from '../replica-task.ts'
import type { BothSides } from './sides.ts'
import { isDifference, type Verdict } from './verdict.ts'

/**
 * Whether the master's item has expired, or the replica's where the master has
 * none. An item that has expired on the replica alone is out of date there,
 * and a difference like any other.
 */
export function hasExpired({ door }: ReplicaTask, { master, replica }: BothSides): boolean {
  const { ttlAttribute } = door.table.access
  const found = master ?? replica
  if (ttlAttribute === undefined || found === undefined) return false
  return isExpired(parseItem(found.page, found.item), ttlAttribute, Date.now())
}

/** The verdict, where the item is not expired. */
export function unlessExpired(
  replicaTask: ReplicaTask,
  verdict: Verdict,
  sides: BothSides,
): Verdict {
  return isDifference(verdict) && hasExpired(replicaTask, sides) ? 'expired' : verdict
}

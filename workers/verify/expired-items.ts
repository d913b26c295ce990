/** Expired items, which count as absent from both sides: the service will delete them some time. */
import { parseItem } from '../../lib/item/compare.ts'
import { isExpired } from '../../lib/item/expiry.ts'
import type { ReplicaTask } from '../replica-task.ts'
import type { BothSides } from './sides.ts'
import { isDifference, type Verdict } from './verdict.ts'

/**
 * Whether the master's item has expired, or, if the master has none, the replica's. An item that
 * has expired only on the replica is out of date there, and is a difference like any other.
 */
export function hasExpired({ client }: ReplicaTask, { master, replica }: BothSides): boolean {
  const { ttlAttribute } = client.table.access
  const found = master ?? replica
  if (ttlAttribute === undefined || found === undefined) return false
  return isExpired(parseItem(found.page, found.item), ttlAttribute, Date.now())
}

/** Returns the verdict, or `expired` for a difference of an expired item. */
export function unlessExpired(
  replicaTask: ReplicaTask,
  verdict: Verdict,
  sides: BothSides,
): Verdict {
  return isDifference(verdict) && hasExpired(replicaTask, sides) ? 'expired' : verdict
}

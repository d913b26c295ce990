/**
 * Looks up a few unmatched keys on the other side, to learn which scan is ahead. One contradicting
 * answer can be a live write; a pattern of them is another order.
 */
import { keyTextOf } from '../../lib/item/key.ts'
import type { ReplicaTask } from '../replica-task.ts'
import type { Alignment, Direction, Side } from './alignment.ts'

const KEYS_PER_SIDE = 8

/** Eventually consistent reads of keys alone: a probe decides about cost, never about a verdict. */
const CHEAP = { consistent: false, keysOnly: true }

export interface ProbeAnswer {
  /** Whether most of the oldest unmatched keys of a side exist on the other side. */
  readonly mastersExist: boolean
  readonly replicasExist: boolean
}

export async function probe(replicaTask: ReplicaTask, alignment: Alignment): Promise<ProbeAnswer> {
  const { master, client, count, masterCount, schema } = replicaTask
  const exist = async (side: Side) => {
    const oldest = alignment.window(side).oldest(KEYS_PER_SIDE)
    const other = side === 'master' ? client.table : master
    const keys = oldest.map(({ page, item }) => keyTextOf(page, item, schema))
    const { foundCount, unreadCount, readUnits } = await other.lookUp(keys, CHEAP)
    const asked = side === 'master' ? count : masterCount
    asked.read(readUnits)
    return foundCount * 2 > oldest.length - unreadCount
  }
  const [mastersExist, replicasExist] = await Promise.all([exist('master'), exist('replica')])
  return { mastersExist, replicasExist }
}

/** Where to read on; undefined if the two scans contradict each other. */
export function directionOf({ mastersExist, replicasExist }: ProbeAnswer): Direction | undefined {
  if (mastersExist) return replicasExist ? undefined : 'replica'
  return replicasExist ? 'master' : 'settle'
}

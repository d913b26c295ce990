/** Compares the two sides of a key when hooks, expiry or versions count, not only content. */
import { TablesyncError } from '../../lib/errors.ts'
import { parseItem } from '../../lib/item/compare.ts'
import type { KeyText } from '../../lib/item/key.ts'
import { orderOfVersions } from '../../lib/item/version.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { conflict, type RepairEnding } from './ending.ts'
import { hasExpired } from './expired-items.ts'
import { type BothSides, standingOfItems } from './sides.ts'
import { relationOf } from './verdict.ts'

/** The relation of the sides, with expiry and the user's hooks taken into account. */
export async function relationUnderRules(
  replicaTask: ReplicaTask,
  { master, replica }: BothSides,
  key: KeyText,
): Promise<DifferenceKind | 'sameAs'> {
  const { thread } = replicaTask
  const relation = relationOf(standingOfItems({ master, replica }, thread.comparer))
  // Expired items count as absent from both sides.
  if (relation !== 'sameAs' && hasExpired(replicaTask, { master, replica })) return 'sameAs'
  if (relation !== 'differing' || master === undefined || replica === undefined) return relation
  const { differ } = thread.rules
  return differ === undefined || (await differ(master, replica, key)) ? 'differing' : 'sameAs'
}

/** Whether the replica has a later version than the master, by the version attribute. */
export function replicaIsNewer({ thread }: ReplicaTask, { master, replica }: BothSides): boolean {
  const { version } = thread.shape
  if (version === undefined || master === undefined || replica === undefined) return false
  const itsItem = parseItem(replica.page, replica.item)
  return orderOfVersions(itsItem, parseItem(master.page, master.item), version) === 'later'
}

/** Why the replica's item may not be replaced with the master's, by the version attribute. */
export function conflictOfVersions(
  { thread, replica: table }: ReplicaTask,
  { master, replica }: BothSides,
): RepairEnding | undefined {
  const { version } = thread.shape
  if (version === undefined || master === undefined || replica === undefined) return undefined
  const ofReplica = parseItem(replica.page, replica.item)
  const order = orderOfVersions(ofReplica, parseItem(master.page, master.item), version)
  const left = (message: string, hint?: string) =>
    conflict(new TablesyncError(message, { code: 'CONFLICT', scope: 'item', table, hint }))
  switch (order) {
    case 'later':
      return left(
        'the replica has a newer version',
        'To accept newer items of the replica without a conflict, use --newer-wins.',
      )
    case 'alone':
      return left(
        'the replica has a version, and the master has none',
        "Give the master's item a version, or leave --version-attribute out.",
      )
    case 'unordered':
      return left(
        'the versions of master and replica cannot be ordered',
        'Make both versions numbers, or both text, or leave --version-attribute out.',
      )
    default:
      return undefined
  }
}

/** Reads keys again on both sides, strongly consistent. */
import {
  type FoundItem,
  isUnread,
  type LookedUp,
  type Unread,
} from '../../lib/dynamo/lookup-result.ts'
import { parseItem } from '../../lib/item/compare.ts'
import { type CanonicalKey, canonicalKeyOfText, type KeyText } from '../../lib/item/key.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import type { ReplicaTask } from '../replica-task.ts'
import type { Thread } from '../thread-context.ts'
import type { BothSides } from './sides.ts'

const CONSISTENT = { consistent: true }

/**
 * Reads the replica first. In the other order, the replica could show a write that the master did
 * not have yet when it was read, and a repair would undo that write. In this order, a repair meets
 * a replica that has changed.
 *
 * A key that one side could not read is `Unread`: nothing is concluded from what the other holds.
 */
export async function lookUpBothSides(
  replicaTask: ReplicaTask,
  keys: readonly KeyText[],
): Promise<(key: KeyText) => BothSides | Unread> {
  const { master, replica, client, schema, thread, count, masterCount } = replicaTask
  const canonicals = canonicalsOf(keys, schema)
  // A key may be suspect on both sides at once, and BatchGetItem refuses one that comes twice.
  const distinct = new Map<CanonicalKey, KeyText>()
  for (const [key, canonical] of canonicals) distinct.set(canonical, key)
  const onReplica = await client.table.lookUp([...distinct.values()], CONSISTENT)
  count.read(onReplica.readUnits)
  for (const canonical of distinct.keys()) {
    if (isUnread(onReplica.at(canonical))) distinct.delete(canonical)
  }
  const onMaster = await master.lookUp([...distinct.values()], CONSISTENT)
  masterCount.read(onMaster.readUnits)
  for (const lookedUp of [onReplica, onMaster]) noteNames(thread, lookedUp)
  const readUnits = onMaster.readUnits + onReplica.readUnits
  thread.budget.rechecked(replica, distinct.size, readUnits)
  return (key) => {
    const canonical = canonicals.get(key) as CanonicalKey
    return bothOf(onMaster.at(canonical), onReplica.at(canonical))
  }
}

type Looked = FoundItem | Unread | undefined

function bothOf(master: Looked, replica: Looked): BothSides | Unread {
  if (isUnread(replica)) return replica
  return isUnread(master) ? master : { master, replica }
}

/** Notes the attribute names of one item of a batch: the others are likely to have the same. */
function noteNames({ names }: Thread, { firstFound }: LookedUp): void {
  if (firstFound === undefined || names.isFull) return
  names.note(parseItem(firstFound.page, firstFound.item))
}

const canonicalsOf = (keys: readonly KeyText[], schema: KeySchema) =>
  new Map(keys.map((key) => [key, canonicalKeyOfText(key, schema)]))

/** Reads one key again on both sides. */
export async function lookUpKey(
  replicaTask: ReplicaTask,
  key: KeyText,
): Promise<BothSides | Unread> {
  return (await lookUpBothSides(replicaTask, [key]))(key)
}

/** @throws TablesyncError of scope `item` if the key cannot be read */
export async function readKey(replicaTask: ReplicaTask, key: KeyText): Promise<BothSides> {
  const sides = await lookUpKey(replicaTask, key)
  if (isUnread(sides)) throw sides.error
  return sides
}

/** Reads keys again on the replica alone, strongly consistent. */
export async function lookUpReplica(
  { client, schema, thread, count, replica }: ReplicaTask,
  keys: readonly KeyText[],
): Promise<(key: KeyText) => FoundItem | Unread | undefined> {
  const onReplica = await client.table.lookUp(keys, CONSISTENT)
  const { readUnits, foundCount, unreadCount } = onReplica
  count.read(readUnits)
  thread.budget.rechecked(replica, keys.length, readUnits)
  // A table that is being filled lacks all of them.
  if (foundCount + unreadCount === 0) return () => undefined
  return (key) => onReplica.at(canonicalKeyOfText(key, schema))
}

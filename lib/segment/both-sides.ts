/** Keys read again on both sides at once, strongly consistent. */
import type { FoundItem, LookupResult } from '../dynamo/lookup.ts'
import { type CanonicalKey, canonicalKeyOfText, type KeyText } from '../item/key.ts'
import type { Investigation } from './investigation.ts'

/** What the two sides hold under one key. */
export interface BothSides {
  /** Undefined: the side lacks the item. */
  readonly master: FoundItem | undefined
  readonly replica: FoundItem | undefined
}

const CONSISTENT = { consistent: true }

export async function lookUpBothSides(
  investigation: Investigation,
  keys: readonly KeyText[],
): Promise<(key: CanonicalKey) => BothSides> {
  const { master, replica, door, schema, thread, tally, masterTally } = investigation
  // A key may be suspect on both sides at a time, and BatchGetItem refuses one that comes twice.
  const distinct = new Map(keys.map((key) => [canonicalKeyOfText(key, schema), key]))
  const wanted = [...distinct.values()]
  const [onMaster, onReplica]: LookupResult[] = await Promise.all([
    master.lookUp(wanted, CONSISTENT),
    door.table.lookUp(wanted, CONSISTENT),
  ])
  const masterUnits = onMaster?.readUnits ?? 0
  const replicaUnits = onReplica?.readUnits ?? 0
  masterTally.readUnits += masterUnits
  tally.readUnits += replicaUnits
  thread.budget.rechecked(replica, wanted.length, masterUnits + replicaUnits)
  return (key) => ({ master: onMaster?.found.get(key), replica: onReplica?.found.get(key) })
}

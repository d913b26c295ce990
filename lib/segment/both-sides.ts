/** Keys read again on both sides, strongly consistent. */
import { type FoundItem, isUnread, type LookedUp, type Unread } from '../dynamo/looked-up.ts'
import { type ItemComparer, parseItem, sameBytes } from '../item/compare.ts'
import { type CanonicalKey, canonicalKeyOfText, type KeyText } from '../item/key.ts'
import type { SeenItem, SeenSides, Sighting } from '../model/sighting.ts'
import type { KeySchema } from '../model/table.ts'
import type { Investigation } from './investigation.ts'
import type { Thread } from './thread.ts'
import type { Standing } from './verdict.ts'

/** What the two sides hold under one key. */
export interface BothSides {
  /** Undefined: the side lacks the item. */
  readonly master: FoundItem | undefined
  readonly replica: FoundItem | undefined
}

const CONSISTENT = { consistent: true }

/**
 * The replica first: the other way round it might show what the master had not
 * got yet, as when somebody writes and it is replicated in between, and a write
 * would take that away. This way such a write meets a replica that has changed.
 *
 * A key that either side could not read is `Unread`: nothing is concluded from
 * what the other one holds.
 */
export async function lookUpBothSides(
  investigation: Investigation,
  keys: readonly KeyText[],
): Promise<(key: KeyText) => BothSides | Unread> {
  const { master, replica, door, schema, thread, tally, masterTally } = investigation
  const canonicals = canonicalsOf(keys, schema)
  // A key may be suspect on both sides at a time, and BatchGetItem refuses one that comes twice.
  const distinct = new Map<CanonicalKey, KeyText>()
  for (const [key, canonical] of canonicals) distinct.set(canonical, key)
  const onReplica = await door.table.lookUp([...distinct.values()], CONSISTENT)
  tally.readUnits += onReplica.readUnits
  for (const canonical of distinct.keys()) {
    if (isUnread(onReplica.at(canonical))) distinct.delete(canonical)
  }
  const onMaster = await master.lookUp([...distinct.values()], CONSISTENT)
  masterTally.readUnits += onMaster.readUnits
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

/** One item of a batch tells what attributes such items have. */
function noteNames({ names }: Thread, { firstFound }: LookedUp): void {
  if (firstFound === undefined || names.isFull) return
  names.note(parseItem(firstFound.page, firstFound.item))
}

const canonicalsOf = (keys: readonly KeyText[], schema: KeySchema) =>
  new Map(keys.map((key) => [key, canonicalKeyOfText(key, schema)]))

/** Keys read again on the replica alone, strongly consistent. */
export async function lookUpReplica(
  { door, schema, thread, tally, replica }: Investigation,
  keys: readonly KeyText[],
): Promise<(key: KeyText) => FoundItem | Unread | undefined> {
  const onReplica = await door.table.lookUp(keys, CONSISTENT)
  const { readUnits, foundCount, unreadCount } = onReplica
  tally.readUnits += readUnits
  thread.budget.rechecked(replica, keys.length, readUnits)
  // A table that is being filled lacks them all.
  if (foundCount + unreadCount === 0) return () => undefined
  return (key) => onReplica.at(canonicalKeyOfText(key, schema))
}

/** What is there, and whether it is equal: for most items their bytes say it. */
export function standingOfItems({ master, replica }: BothSides, comparer: ItemComparer): Standing {
  return {
    hasMaster: master !== undefined,
    hasReplica: replica !== undefined,
    isSame:
      master !== undefined &&
      replica !== undefined &&
      comparer.equal(master.page, master.item, replica.page, replica.item),
  }
}

/** What the sides hold, by digests of what the items mean. */
export function digestsOf({ master, replica }: BothSides, comparer: ItemComparer): SeenSides {
  const ofMaster = digestOf(master, comparer)
  const areSameBytes =
    master !== undefined &&
    replica !== undefined &&
    sameBytes(master.page, master.item, replica.page, replica.item)
  return { master: ofMaster, replica: areSameBytes ? ofMaster : digestOf(replica, comparer) }
}

/** What the sides hold, by digests of the items' bytes. */
function literalDigestsOf(
  { master, replica }: BothSides,
  { literalDigest }: ItemComparer,
): SeenSides {
  return {
    master: master === undefined ? null : literalDigest(master.page, master.item),
    replica: replica === undefined ? null : literalDigest(replica.page, replica.item),
  }
}

/** What the sides hold, by digests of the kind that a sighting has. */
export const digestsLike = (
  { isLiteral }: Pick<Sighting, 'isLiteral'>,
  ...[sides, comparer]: [sides: BothSides, comparer: ItemComparer]
): SeenSides => (isLiteral ? literalDigestsOf(sides, comparer) : digestsOf(sides, comparer))

/** Null: there is no item. */
export const digestOf = (found: FoundItem | undefined, comparer: ItemComparer): SeenItem =>
  found === undefined ? null : comparer.digest(found.page, found.item)

/** As `digestsOf`, made when they are asked for. */
export class DigestsWhenAsked implements SeenSides {
  readonly #sides: BothSides
  readonly #comparer: ItemComparer
  #made: SeenSides | undefined

  constructor(sides: BothSides, comparer: ItemComparer) {
    this.#sides = sides
    this.#comparer = comparer
  }

  get master(): SeenItem {
    return this.#both.master
  }

  get replica(): SeenItem {
    return this.#both.replica
  }

  get #both(): SeenSides {
    this.#made ??= digestsOf(this.#sides, this.#comparer)
    return this.#made
  }
}

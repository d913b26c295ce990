/** Keys read again on both sides, strongly consistent. */
import type { FoundItem } from '../dynamo/lookup.ts'
import { type ItemComparer, sameBytes } from '../item/compare.ts'
import { type CanonicalKey, canonicalKeyOfText, type KeyText } from '../item/key.ts'
import type { SeenItem } from '../model/sighting.ts'
import type { Investigation } from './investigation.ts'
import type { SeenSides, Standing } from './verdict.ts'

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
 */
export async function lookUpBothSides(
  investigation: Investigation,
  keys: readonly KeyText[],
): Promise<(key: KeyText) => BothSides> {
  const { master, replica, door, schema, thread, tally, masterTally } = investigation
  // A key may be suspect on both sides at a time, and BatchGetItem refuses one that comes twice.
  const distinct = new Map<CanonicalKey, KeyText>(
    keys.map((key) => [canonicalKeyOfText(key, schema), key]),
  )
  const wanted = [...distinct.values()]
  const onReplica = await door.table.lookUp(wanted, CONSISTENT)
  tally.readUnits += onReplica.readUnits
  const onMaster = await master.lookUp(wanted, CONSISTENT)
  masterTally.readUnits += onMaster.readUnits
  thread.budget.rechecked(replica, wanted.length, onMaster.readUnits + onReplica.readUnits)
  return (key) => {
    const canonical = canonicalKeyOfText(key, schema)
    return { master: onMaster.found.get(canonical), replica: onReplica.found.get(canonical) }
  }
}

/** Keys read again on the replica alone, strongly consistent. */
export async function lookUpReplica(
  { door, schema, thread, tally, replica }: Investigation,
  keys: readonly KeyText[],
): Promise<(key: KeyText) => FoundItem | undefined> {
  const { found, readUnits } = await door.table.lookUp(keys, CONSISTENT)
  tally.readUnits += readUnits
  thread.budget.rechecked(replica, keys.length, readUnits)
  return (key) => found.get(canonicalKeyOfText(key, schema))
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

/** What the sides hold, by digests, which are made when they are asked for. */
export const digestsOf = (sides: BothSides, comparer: ItemComparer): SeenSides =>
  new Digests(sides, comparer)

class Digests implements SeenSides {
  readonly #sides: BothSides
  readonly #comparer: ItemComparer
  #master: SeenItem | undefined
  #replica: SeenItem | undefined

  constructor(sides: BothSides, comparer: ItemComparer) {
    this.#sides = sides
    this.#comparer = comparer
  }

  get master(): SeenItem {
    this.#master ??= this.#digest(this.#sides.master)
    return this.#master
  }

  get replica(): SeenItem {
    this.#replica ??= this.#areSameBytes ? this.master : this.#digest(this.#sides.replica)
    return this.#replica
  }

  get #areSameBytes(): boolean {
    const { master, replica } = this.#sides
    if (master === undefined || replica === undefined) return false
    return sameBytes(master.page, master.item, replica.page, replica.item)
  }

  #digest(found: FoundItem | undefined): SeenItem {
    return found === undefined ? null : this.#comparer.digest(found.page, found.item)
  }
}

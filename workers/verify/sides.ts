/** What both sides hold under a key, as values: whether they are equal, and digests of them. */
import type { FoundItem } from '../../lib/dynamo/lookup-result.ts'
import { type ItemComparer, sameBytes } from '../../lib/item/compare.ts'
import type { PendingRecheck, SeenItem, SeenSides } from '../../lib/model/pending-recheck.ts'
import type { Presence } from './verdict.ts'

/** What the two sides hold under one key. */
export interface BothSides {
  /** Undefined: the side lacks the item. */
  readonly master: FoundItem | undefined
  readonly replica: FoundItem | undefined
}

/** Which side has the item, and whether they are equal: for most items their bytes tell. */
export function standingOfItems({ master, replica }: BothSides, comparer: ItemComparer): Presence {
  return {
    hasMaster: master !== undefined,
    hasReplica: replica !== undefined,
    isSame:
      master !== undefined &&
      replica !== undefined &&
      comparer.equal(master.page, master.item, replica.page, replica.item),
  }
}

/** Digests of what both sides hold, by the meaning of the items. */
export function digestsOf({ master, replica }: BothSides, comparer: ItemComparer): SeenSides {
  const ofMaster = digestOf(master, comparer)
  const areSameBytes =
    master !== undefined &&
    replica !== undefined &&
    sameBytes(master.page, master.item, replica.page, replica.item)
  return { master: ofMaster, replica: areSameBytes ? ofMaster : digestOf(replica, comparer) }
}

/** Digests of what both sides hold, by the bytes of the items. */
function literalDigestsOf(
  { master, replica }: BothSides,
  { literalDigest }: ItemComparer,
): SeenSides {
  return {
    master: master === undefined ? null : literalDigest(master.page, master.item),
    replica: replica === undefined ? null : literalDigest(replica.page, replica.item),
  }
}

/** Digests of what both sides hold, of the same kind as those of a pending recheck. */
export const digestsLike = (
  { isLiteral }: Pick<PendingRecheck, 'isLiteral'>,
  ...[sides, comparer]: [sides: BothSides, comparer: ItemComparer]
): SeenSides => (isLiteral ? literalDigestsOf(sides, comparer) : digestsOf(sides, comparer))

/** Null: there is no item. */
export const digestOf = (found: FoundItem | undefined, comparer: ItemComparer): SeenItem =>
  found === undefined ? null : comparer.digest(found.page, found.item)

/** As `digestsOf`, but computed when they are first asked for. */
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

/** A repair's aim: the replica's item becomes the master's, unless something forbids that. */
import type { FoundItem } from '../../lib/dynamo/lookup-result.ts'
import { parseItem, sameBytes } from '../../lib/item/compare.ts'
import type { KeyText } from '../../lib/item/key.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { SeenSides } from '../../lib/model/pending-recheck.ts'
import { intentOf, isFiltered, isHalfWritten, type ReplicaTask } from '../replica-task.ts'
import { lookUpKey } from '../verify/both-sides.ts'
import type { RepairEnding } from '../verify/ending.ts'
import { conflictOfVersions, relationUnderRules } from '../verify/relation.ts'
import { type BothSides, DigestsWhenAsked, standingOfItems } from '../verify/sides.ts'
import { conflictOfPlaces } from '../verify/unwritable-places.ts'
import { relationOf } from '../verify/verdict.ts'
import type { Achieved, Aim, Next } from '../write/aim.ts'
import { repairing } from '../write/prepared-write.ts'

export interface Wanted {
  readonly key: KeyText
  /** Whether a write is wanted that would end a difference of this kind. */
  isWanted(kind: DifferenceKind, seen: SeenSides): boolean
  /** The same for an item that a write of ours has left half-way. @default `isWanted` */
  isWantedToTheEnd?(kind: DifferenceKind): boolean
  /** How to count the write if it lands and its thread dies. Absent: it is not counted. */
  readonly intends?: DifferenceKind
  /** How it ends if no write is wanted. @default a conflict */
  readonly unwanted?: RepairEnding
  /** Refused conditions after which the item is left. @default 5 */
  readonly maxRefusals?: number
  /** Whether a put must not go out with others. */
  readonly isAlone?: boolean
  /** Whether a write that was sent before may have landed. */
  readonly mayHaveLanded?: boolean
}

export function repairAim(replicaTask: ReplicaTask, wanted: Wanted): Aim<BothSides> {
  const { thread } = replicaTask
  const { key, isWanted, isWantedToTheEnd, unwanted = { action: 'conflict' } } = wanted
  const intent = intentOf(replicaTask, key)
  return {
    ...(wanted.intends !== undefined && { intends: wanted.intends }),
    ...(wanted.maxRefusals !== undefined && { maxRefusals: wanted.maxRefusals }),
    ...(wanted.mayHaveLanded && { mayHaveLanded: true }),
    doneBefore: wanted.mayHaveLanded ? 'written' : doneBefore(intent?.kind),
    wasInParts: intent?.parts !== undefined,
    isHalfWay: ({ replica }) => isHalfWritten(replicaTask, key, replica),
    next,
    read: () => lookUpKey(replicaTask, key),
    isSame: (before, now) => isSame(before.replica, now.replica),
    replicaIn: ({ replica }) => replica && parseItem(replica.page, replica.item),
  }

  async function next(sides: BothSides, isHalfWay: boolean): Promise<Next> {
    const seen = new DigestsWhenAsked(sides, thread.comparer)
    // A half-written item is partly ours, so the user's hooks cannot judge it as the final item.
    const relation = isHalfWay
      ? relationOf(standingOfItems(sides, thread.comparer))
      : await relationUnderRules(replicaTask, sides, key)
    if (relation === 'sameAs') return { settled: () => seen.replica }
    const goesOn =
      isHalfWay && isWantedToTheEnd !== undefined
        ? isWantedToTheEnd(relation)
        : isWanted(relation, seen)
    // It has become another kind of difference, whose repair was not asked for.
    if (!goesOn) {
      const isLeftOut = relation === 'extra' && isFiltered(replicaTask)
      return isLeftOut ? { settled: () => seen.replica } : { ending: unwanted }
    }
    if (relation === 'missing' && !thread.setup.putsWhole) return { ending: unwanted }
    const conflict = conflictOfVersions(replicaTask, sides) ?? conflictOfPlaces(replicaTask, sides)
    if (conflict !== undefined) return { ending: conflict }
    const write = repairing(replicaTask, relation, { key, ...sides, isAlone: wanted.isAlone })
    return { write, left: () => seen.master }
  }
}

/** What a thread or a run that died may already have done. */
export function doneBefore(intended: DifferenceKind | undefined): Achieved {
  if (intended === undefined) return 'resolved'
  return intended === 'extra' ? 'deleted' : 'written'
}

function isSame(before: FoundItem | undefined, now: FoundItem | undefined): boolean {
  if (before === undefined || now === undefined) return before === now
  return sameBytes(before.page, before.item, now.page, now.item)
}

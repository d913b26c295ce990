/**
 * One difference brought to its end: a conditional write, and where that is
 * refused or lost, both sides read again before the next.
 *
 * Nothing here can write to the master.
 */
import { isEnded, isPassing } from '../dynamo/failures.ts'
import { type FoundItem, isUnread, type Unread } from '../dynamo/looked-up.ts'
import { pauseBeforeRetry } from '../dynamo/retry.ts'
import { asTablesyncError, type TablesyncError } from '../errors.ts'
import { sameBytes } from '../item/compare.ts'
import type { KeyText } from '../item/key.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { SeenSides } from '../model/sighting.ts'
import { type BothSides, DigestsWhenAsked, lookUpBothSides } from './both-sides.ts'
import {
  conflict,
  endsTable,
  type Found,
  failed,
  type RepairEnding,
  TORN,
  unverified,
  withWord,
} from './endings.ts'
import { type Investigation, intentOf } from './investigation.ts'
import { relationUnderRules, replicaIsNewer } from './relation.ts'
import { write } from './writes.ts'

/** Refused conditions in a row after which an item is left as a conflict. */
export const MAX_REFUSALS = 5

export interface Wanted {
  /** Whether a write is wanted that would end a difference of this kind. */
  isWanted(kind: DifferenceKind, seen: SeenSides): boolean
  /** What the write is to be counted as, where it lands and nobody lives to tell. Absent: it is not counted. */
  readonly intends?: DifferenceKind
  /** How it ends where no write is wanted. @default a conflict */
  readonly unwanted?: RepairEnding
  /** Refused conditions after which the item is left. @default 5 */
  readonly maxRefusals?: number
}

/**
 * Writes until the replica equals the master. Every write is one attempt, on
 * condition that the replica is as it was read; a second one begins with
 * reading both sides again.
 *
 * @throws TablesyncError of scope `table` or `run`: no other item would fare better; with code `ENDED`: it was not tried any more
 */
export async function bringAbout(
  investigation: Investigation,
  found: Found,
  { isWanted, intends, unwanted = { action: 'conflict' }, maxRefusals = MAX_REFUSALS }: Wanted,
): Promise<RepairEnding> {
  const { thread, isOver, stopping } = investigation
  const { maxRetries, retryDelayBase } = thread.setup.patience
  let sides: BothSides = found
  let refusals = 0
  /** Whether each refused condition was seen to hold before and after. */
  let heldAllTheSame = true
  let retries = 0
  let trouble: TablesyncError | undefined
  // After a lost answer a write may have landed: then "nothing left to do" is our own doing.
  let done = doneBefore(investigation, found.key)
  let partly: { readonly isPartial?: true } = {}
  let isTorn = false
  const torn = (ending: RepairEnding) => (isTorn ? withWord(ending, TORN) : ending)
  for (;;) {
    const seen = new DigestsWhenAsked(sides, thread.comparer)
    const relation = await relationUnderRules(investigation, sides)
    if (relation === 'sameAs') {
      return done === 'resolved'
        ? { action: done }
        : { action: done, left: () => seen.replica, ...partly }
    }
    if (trouble !== undefined && isOver()) {
      investigation.wasCutShort = true
      return torn(failed(trouble))
    }
    // It has become another kind of difference, whose repair was not asked for.
    if (!isWanted(relation, seen)) return torn(unwanted)
    if (replicaIsNewer(investigation, sides)) return NEWER
    try {
      const { master, replica } = sides
      const change = { key: found.key, master, replica, intends }
      const result = await write(investigation, relation, change)
      if (result.isPartial) partly = { isPartial: true }
      if (result.end === 'refused') {
        refusals++
        if (refusals > maxRefusals) return torn(conflict(heldAllTheSame))
      } else if (result.complete) {
        const action = relation === 'extra' ? 'deleted' : 'written'
        return { action, left: () => seen.master, ...partly }
      } else {
        done = 'written'
        isTorn = true
      }
    } catch (thrown) {
      const error = asTablesyncError(thrown)
      if (endsTable(error) || (isEnded(error) && !isTorn)) throw error
      if (!isPassing(error) || retries >= maxRetries) return torn(failed(error))
      trouble = error
      done = relation === 'extra' ? 'deleted' : 'written'
      await pauseBeforeRetry(retryDelayBase, retries++, stopping)
    }
    const read = await lookUpBothSides(investigation, [found.key]).catch((error: unknown) => {
      if (trouble === undefined || !isEnded(error)) throw error
    })
    if (read === undefined) {
      // It may have landed: that is not told as left.
      investigation.wasCutShort = true
      return torn(failed(trouble as TablesyncError))
    }
    const now = read(found.key)
    if (isUnread(now)) return torn(unreadAfter(investigation, trouble, now))
    heldAllTheSame &&= isSame(sides.replica, now.replica)
    sides = now
  }
}

/** Whether a write has landed of which no answer came cannot be known then. */
function unreadAfter(
  { deletions }: Investigation,
  trouble: TablesyncError | undefined,
  unread: Unread,
): RepairEnding {
  return trouble === undefined || deletions === 'now' ? failed(unread.error) : unverified(unread)
}

/** What a thread or a run that died may have done already. */
function doneBefore(
  investigation: Investigation,
  key: KeyText,
): 'resolved' | 'written' | 'deleted' {
  const intent = intentOf(investigation, key)
  if (intent === undefined) return 'resolved'
  return intent === 'extra' ? 'deleted' : 'written'
}

const NEWER: RepairEnding = {
  action: 'conflict',
  error: 'the replica has a newer version: --newer-wins leaves it at that',
}

function isSame(before: FoundItem | undefined, now: FoundItem | undefined): boolean {
  if (before === undefined || now === undefined) return before === now
  return sameBytes(before.page, before.item, now.page, now.item)
}

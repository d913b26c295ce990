/** Differences as they are told: what was found, and how it ended. */

import { mayPass } from '../dynamo/failures.ts'
import type { FoundItem, Unread } from '../dynamo/looked-up.ts'
import { TablesyncError } from '../errors.ts'
import { parseItem } from '../item/compare.ts'
import type { KeyText } from '../item/key.ts'
import { differingAttributes } from '../item/normalise.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { Planned } from '../model/repair-plan.ts'
import type { SeenItem } from '../model/sighting.ts'
import type { TableIndex } from '../model/table.ts'
import type { WireItem } from '../model/wire.ts'
import type { Finding } from '../protocol/messages.ts'
import { toWire, type WireError } from '../protocol/wire-error.ts'
import { type BothSides, digestsOf } from './both-sides.ts'
import type { Done } from './done.ts'
import type { Investigation } from './investigation.ts'
import type { Thread } from './thread.ts'

type KeyLeft = Finding & { readonly type: 'key-left' }

/** A difference, with what both sides were seen to hold. */
export interface Found extends BothSides {
  readonly verdict: DifferenceKind
  readonly key: KeyText
  /** Counted from the scan and not read again. Absent: confirmed. */
  readonly unconfirmed?: true
}

/**
 * `resolved`: it had ended by itself when the repair came to it. `left`: what a
 * write left on the replica. `own`: trouble with this key alone, while others get
 * on: everybody is told which.
 */
export type RepairEnding =
  | {
      readonly action: 'written' | 'deleted'
      readonly left: () => SeenItem
      /** Present: the replica lacked the item, and all of it is ours. */
      readonly isPut?: true
      /** Present: the item is too wide for its condition to compare all of it. */
      readonly isPartial?: true
    }
  | { readonly action: 'resolved' }
  | { readonly action: 'conflict'; readonly error?: string; readonly own?: WireError }
  | { readonly action: 'failed'; readonly error: string; readonly own?: WireError }
  /** Some of its attributes were written, and the others could not be. */
  | { readonly action: 'torn'; readonly error: string; readonly own?: WireError }
  /** It could not be read: nobody knows whether it is a difference. */
  | { readonly action: 'unverified'; readonly error: string; readonly own: WireError }
  /** A key of a plan or a journal that is not as it was then. */
  | { readonly action: 'changed'; readonly error: string }

/** A key of a reviewed plan that is left. */
export const CHANGED = {
  action: 'changed',
  error: 'it is not as it was when the repair was planned',
} as const

/** The count that each ending adds to. */
export const COUNTED_AS = {
  written: 'written',
  deleted: 'deleted',
  resolved: 'resolved',
  conflict: 'conflicts',
  changed: 'changed',
  failed: 'failed',
  unverified: 'unverified',
  torn: 'torn',
} as const

/** A difference that nobody asked to be repaired, or not now, or not any more. */
export const LEFT = { action: 'none' } as const

/** A difference that would be repaired, were it no dry run. */
export const PLANNED = { action: 'none', isPlanned: true } as const

/** Tells a difference, if anybody asked for them one by one, and names a key that ended for a reason of its own. */
export function tellEnding(
  investigation: Investigation,
  found: Found,
  ending: RepairEnding | typeof LEFT | typeof PLANNED,
): Done {
  const own = 'own' in ending ? ending.own : undefined
  if (own === undefined) return tellDifference(investigation, found, ending)
  const { tell, replica } = investigation
  const end = ending.action as KeyLeft['end']
  const named = tell({ type: 'key-left', replica, key: found.key, end, error: own })
  const told = tellDifference(investigation, found, ending)
  return named === undefined ? told : named.then(() => told)
}

function tellDifference(
  { thread, door, tell, replica: index }: Investigation,
  found: Found,
  ending: RepairEnding | typeof LEFT | typeof PLANNED,
): Done {
  const { verdict, key, master, replica, unconfirmed } = found
  if (!thread.setup.tellDifferences) {
    // What was intended is done with once it is told.
    return thread.setup.isWriting ? tell({ type: 'ended', replica: index, keys: [key] }) : undefined
  }
  const isPair = verdict === 'differing' && master !== undefined && replica !== undefined
  const attributes = () =>
    isPair
      ? differingAttributes(
          parseItem(master.page, master.item),
          parseItem(replica.page, replica.item),
          thread.isIgnored,
        )
      : []
  return tell({
    type: 'difference',
    replica: index,
    difference: {
      replica: door.table.access.label,
      kind: verdict,
      key: JSON.parse(key) as WireItem,
      ...(isPair && { attributes: attributes() }),
      // A difference that ended by itself was found all the same, and nothing was done about it.
      action: ending.action === 'resolved' ? 'none' : ending.action,
      ...('error' in ending && { error: ending.error }),
      ...(unconfirmed && { unconfirmed }),
      ...('isPartial' in ending && { condition: 'partial' as const }),
    },
    ...('isPlanned' in ending && plannedOf(thread, found)),
  })
}

/** What a repair plan notes of a difference; of one that was not read again there is nothing to note. */
function plannedOf(
  { setup, comparer }: Thread,
  { master, replica, unconfirmed }: Found,
): { readonly planned?: Planned } {
  if (setup.planning === 'nothing') return {}
  if (unconfirmed) return { planned: {} }
  const item = (found: FoundItem | undefined) =>
    found === undefined ? null : parseItem(found.page, found.item)
  const seen = digestsOf({ master, replica }, comparer)
  if (setup.planning === 'digests') return { planned: { seen } }
  return { planned: { seen, items: { master: item(master), replica: item(replica) } } }
}

/** Whether it is the trouble of one key, and others may fare better. */
export const endsKey = (error: unknown): error is TablesyncError =>
  error instanceof TablesyncError && error.scope === 'item'

/** Whether no other item of the table would fare better. */
export const endsTable = ({ scope }: TablesyncError) => scope === 'table' || scope === 'run'

export const failed = (error: TablesyncError): RepairEnding => ({
  action: 'failed',
  error: error.message,
  ...((error.scope === 'item' || mayPass(error)) && { own: toWire(error) }),
})

/** A hook has thrown, or given a wrong answer, over an item. */
export const hookFailed = ({ message }: Error): RepairEnding =>
  failed(
    new TablesyncError(message, {
      code: 'HOOK_FAILED',
      scope: 'item',
      hint: 'The item was left as it is. Mend the hook, and run again.',
    }),
  )

export const unverified = ({ error }: Unread): RepairEnding => ({
  action: 'unverified',
  error: error.message,
  own: toWire(error),
})

/** The same ending, and how far the work had come. */
export function withWord(ending: RepairEnding, word: string): RepairEnding {
  const { action } = ending
  if (action !== 'conflict' && action !== 'failed' && action !== 'unverified') return ending
  return { ...ending, error: 'error' in ending ? `${ending.error}; ${word}` : word }
}

/** More differed than one update may touch, and not all of the updates went through. */
export function torn(ending: RepairEnding): RepairEnding {
  const why = 'error' in ending ? ending.error : 'it kept changing'
  const own = 'own' in ending && ending.own !== undefined ? { own: ending.own } : {}
  return { action: 'torn', error: `${why}; some of its attributes were written before`, ...own }
}

/** The item kept changing. */
export const KEPT_CHANGING: RepairEnding = { action: 'conflict' }

/** The engine refuses whatever is asked. */
export function refusedAllTheSame(table: TableIndex): TablesyncError {
  const error = 'a condition was refused that holds: the engine may not compare maps and lists'
  return new TablesyncError(error, { code: 'SERVICE', scope: 'item', table })
}

export const conflict = (error: TablesyncError): RepairEnding => ({
  action: 'conflict',
  error: error.message,
  own: toWire(error),
})

/** Outcomes of keys, and the ways in which a difference ends, as values. */
import type { Unread } from '../../lib/dynamo/lookup-result.ts'
import { mayPass } from '../../lib/dynamo/request/request-errors.ts'
import { TablesyncError } from '../../lib/errors.ts'
import type { KeyText } from '../../lib/item/key.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { SeenItem } from '../../lib/model/pending-recheck.ts'
import type { TableIndex } from '../../lib/model/tables/table.ts'
import { toWire, type WireError } from '../../lib/protocol/wire-error.ts'
import type { BothSides } from './sides.ts'
import type { Verdict } from './verdict.ts'

/** The outcome of a key that was read again, with what both sides hold. */
export interface Outcome extends BothSides {
  readonly verdict: Verdict
  readonly key: KeyText
}

/** An outcome that is a difference. */
export interface Found extends Outcome {
  readonly verdict: DifferenceKind
  /** Counted from the scan and not read again. Absent: confirmed. */
  readonly unconfirmed?: true
}

/**
 * `resolved`: the difference was already gone when the repair started. `left`: what a write left on
 * the replica. `own`: trouble with this key alone, while others go on: it is reported with its key.
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
  /** Some attributes of the item were written, and the others could not be. */
  | { readonly action: 'torn'; readonly error: string; readonly own?: WireError }
  /** The key could not be read: nobody knows whether it is a difference. */
  | { readonly action: 'unverified'; readonly error: string; readonly own: WireError }
  /** A key of a plan or a journal whose item is not as it was then. */
  | { readonly action: 'changed'; readonly error: string }

/** How a key of a reviewed plan ends that is left. */
export const CHANGED = {
  action: 'changed',
  error: 'it is not as it was when the repair was planned',
} as const

/** A difference that was not to be repaired, or not now, or not any more. */
export const LEFT = { action: 'none' } as const

/** A difference that would be repaired if this were no dry run. */
export const PLANNED = { action: 'none', isPlanned: true } as const

/** Whether the error concerns one key, and others may fare better. */
export const endsKey = (error: unknown): error is TablesyncError =>
  error instanceof TablesyncError && error.scope === 'item'

/** Whether no other item of the table would fare better. */
export const endsTable = ({ scope }: TablesyncError) => scope === 'table' || scope === 'run'

export const failed = (error: TablesyncError): RepairEnding => ({
  action: 'failed',
  error: error.message,
  ...((error.scope === 'item' || mayPass(error)) && { own: toWire(error) }),
})

/** The ending of an item on which a hook threw, or gave a wrong answer. */
export const hookFailed = ({ message }: Error): RepairEnding =>
  failed(
    new TablesyncError(message, {
      code: 'HOOK_FAILED',
      scope: 'item',
      hint: 'The item was left as it is. Correct the hook, and run again.',
    }),
  )

export const unverified = ({ error }: Unread): RepairEnding => ({
  action: 'unverified',
  error: error.message,
  own: toWire(error),
})

/** The same ending, with a word on how far the work had come. */
export function withWord(ending: RepairEnding, word: string): RepairEnding {
  const { action } = ending
  if (action !== 'conflict' && action !== 'failed' && action !== 'unverified') return ending
  return { ...ending, error: 'error' in ending ? `${ending.error}; ${word}` : word }
}

/** More attributes differed than one update may touch, and not all of the updates succeeded. */
export function torn(ending: RepairEnding): RepairEnding {
  const why = 'error' in ending ? ending.error : 'it kept changing'
  const own = 'own' in ending && ending.own !== undefined ? { own: ending.own } : {}
  return { action: 'torn', error: `${why}; some of its attributes were written before`, ...own }
}

/** The item kept changing. */
export const KEPT_CHANGING: RepairEnding = { action: 'conflict' }

/** The engine refuses a condition although it holds. */
export function refusedAllTheSame(table: TableIndex): TablesyncError {
  const error = 'the engine refused a condition that holds; it may not compare maps and lists'
  return new TablesyncError(error, {
    code: 'SERVICE',
    scope: 'item',
    table,
    hint: 'Use an engine whose `=` compares maps and lists. See docs/limits.md.',
  })
}

export const conflict = (error: TablesyncError): RepairEnding => ({
  action: 'conflict',
  error: error.message,
  own: toWire(error),
})

/** One difference, as `--verbose` and `--show-values` print it. */
import { pathText } from '../../../item/path.ts'
import type { Difference, DifferenceKind, RepairAction } from '../../../model/difference.ts'
import { shownKey } from '../../shown-key.ts'
import type { Line } from '../../styled-line.ts'
import { changesText, listText, valueLines } from './change-lines.ts'
import type { WordDiff } from './word-diff.ts'

/** What a repair does: put, update, delete. */
export const SIGN: { readonly [kind in DifferenceKind]: string } = {
  missing: '+',
  differing: '~',
  extra: '-',
}

/** As much as is known of a difference. */
export interface DifferenceShown extends Omit<Difference, 'action'> {
  /** Absent: a plan says what to do, not what was done. */
  readonly action?: RepairAction
  /** How many changes are not at hand. */
  readonly moreChanges?: number
}

export interface DifferenceLinesOptions {
  /** Whether the line names the replica: there are several. */
  readonly namesReplica: boolean
  readonly withValues: boolean
  /** Absent: long texts stand beside each other. */
  readonly wordDiff?: WordDiff | undefined
}

export function differenceLines(
  difference: DifferenceShown,
  { namesReplica, withValues, wordDiff }: DifferenceLinesOptions,
): Line[] {
  const { replica, kind, key, changes = [], unconfirmed } = difference
  const showsValues = withValues && changes.length > 0
  const places = showsValues ? '' : placesText(difference)
  const line =
    `${SIGN[kind]} ${kind.padEnd(9)}  ${shownKey(key)}${namesReplica ? `  in ${replica}` : ''}` +
    `${unconfirmed ? ' (unconfirmed)' : ''}${places === '' ? '' : `   ${places}`}${doneText(difference)}`
  return [line, ...(showsValues ? valueLines(changes, wordDiff) : [])]
}

/** Older files have the names of attributes only. */
export function placesText({ changes, moreChanges, attributes = [] }: DifferenceShown): string {
  if (changes !== undefined) return changes.length === 0 ? '' : changesText(changes, moreChanges)
  if (attributes.length === 0) return ''
  return listText(
    attributes.map((name) => pathText([name])),
    moreChanges,
  )
}

/** Begins with a colon where there is something to tell. */
export function doneText({ action = 'none', error, condition }: DifferenceShown): string {
  switch (action) {
    case 'none':
      return ''
    case 'written':
      return condition === 'partial'
        ? ': written, though too wide to be compared whole'
        : ': written'
    case 'deleted':
      return ': deleted'
    case 'conflict':
      return `: not repaired, ${error ?? 'it kept changing'}`
    case 'changed':
      return `: left, ${error}`
    case 'failed':
      return `: not repaired, ${error}`
    case 'unverified':
      return `: not verified, ${error}`
    case 'torn':
      return `: repaired in part, ${error}`
  }
}

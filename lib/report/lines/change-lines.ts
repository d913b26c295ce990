/** Where two items differ, for people: in one line, or with the values below each other. */

import type { Change, ChangedValues } from '../../model/change.ts'
import { counted } from '../../model/figures.ts'
import type { WireValue } from '../../model/wire.ts'
import { cut, valueText, valueTexts } from './value-text.ts'

/** With more, the key before them is hard to find. The report has all of them. */
const MOST_PATHS = 8
const MOST_LINES = 20

/** `state, address.geo[1], roles (1 added, 2 removed)`. `more`: changes that are not at hand. */
export function changesText(changes: readonly Change[], more = 0): string {
  const rest = changes.length - MOST_PATHS
  const listed = rest <= 1 ? changes : changes.slice(0, MOST_PATHS)
  const left = changes.length - listed.length + more
  return `${listed.map(changeText).join(', ')}${left === 0 ? '' : ` and ${left} more`}`
}

function changeText(change: Change): string {
  const how = howText(change)
  return how === undefined ? change.path : `${change.path} (${how})`
}

/** Undefined: another value of the same type. */
export function howText({ from, to, members }: Change): string | undefined {
  if (from === undefined) return 'added'
  if (to === undefined) return 'removed'
  if (members !== undefined) return membersText(members)
  return from === to ? undefined : `${from} → ${to}`
}

function membersText({ added, removed }: NonNullable<Change['members']>): string {
  const parts = [added > 0 && `${added} added`, removed > 0 && `${removed} removed`]
  return parts.filter(Boolean).join(', ')
}

/** A line for each change: the replica's value, and the master's. */
export function valueLines(changes: readonly Change[]): string[] {
  const listed = changes.length <= MOST_LINES + 1 ? changes : changes.slice(0, MOST_LINES)
  const width = Math.min(Math.max(...listed.map(({ path }) => path.length)), 40)
  const lines = listed.map((change) =>
    `    ${change.path.padEnd(width)}  ${valuesText(change.values)}`.trimEnd(),
  )
  const left = changes.length - listed.length
  return left === 0
    ? lines
    : [...lines, `    and ${counted(left, 'more change')}: --report FILE has all`]
}

function valuesText(values: ChangedValues | undefined): string {
  if (values === undefined) return ''
  if ('added' in values) {
    return [...membersOf(values.added, '+'), ...membersOf(values.removed, '-')].join(' ')
  }
  const { from, to } = values
  if (from !== undefined && to !== undefined) return valueTexts(from, to).join('  →  ')
  return from === undefined
    ? `(absent)  →  ${cut(valueText(to as WireValue))}`
    : `${cut(valueText(from))}  →  (absent)`
}

const MOST_MEMBERS = 10

function membersOf(set: WireValue, sign: '+' | '-'): string[] {
  const members = Object.values(set)[0] as unknown as readonly string[]
  const isText = !('NS' in set)
  const shown = members
    .slice(0, MOST_MEMBERS)
    .map((member) => `${sign}${isText ? cut(JSON.stringify(member)) : member}`)
  const left = members.length - shown.length
  return left === 0 ? shown : [...shown, `(${left} more ${sign === '+' ? 'added' : 'removed'})`]
}

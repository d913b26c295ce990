/** Where two items differ, for people: in one line, or with the values below each other. */

import type { Change, ChangedValues } from '../../../model/change.ts'
import { counted } from '../../../model/figures.ts'
import type { WireValue } from '../../../model/wire.ts'
import type { Line, Span } from '../../styled-line.ts'
import { cut, valueText, valueTexts } from './value-text.ts'
import { isProse, type WordDiff } from './word-diff.ts'

/** With more, the key before them is hard to find. The report has all of them. */
const MOST_PATHS = 8
const MOST_LINES = 20

/** `state, address.geo[1], roles (1 added, 2 removed)`. `more`: changes that are not at hand. */
export function changesText(changes: readonly Change[], more = 0): string {
  return listText(changes.map(changeText), more)
}

/** `more`: places that are not at hand. */
export function listText(places: readonly string[], more = 0): string {
  const rest = places.length - MOST_PATHS
  const listed = rest <= 1 ? places : places.slice(0, MOST_PATHS)
  const left = places.length - listed.length + more
  return `${listed.join(', ')}${left === 0 ? '' : ` and ${left} more`}`
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

/** A line for each change: the replica's value, and the master's; or both as one text. */
export function valueLines(changes: readonly Change[], wordDiff?: WordDiff): Line[] {
  const listed = changes.length <= MOST_LINES + 1 ? changes : changes.slice(0, MOST_LINES)
  const width = Math.min(Math.max(...listed.map(({ path }) => path.length)), 40)
  const lines = listed.map(({ path, values }): Line => {
    const spans = values === undefined ? [] : valueSpans(values, wordDiff)
    if (spans.length === 0) return [{ text: `    ${path}` }]
    return [{ text: `    ${path.padEnd(width)}  ` }, ...spans]
  })
  const left = changes.length - listed.length
  return left === 0
    ? lines
    : [...lines, `    and ${counted(left, 'more change')}: --report FILE has all`]
}

function valueSpans(values: ChangedValues, wordDiff: WordDiff | undefined): Span[] {
  if ('added' in values) {
    const members = [...memberSpans(values.added, '+'), ...memberSpans(values.removed, '-')]
    return members.map((span, at) => (at === 0 ? span : { ...span, text: ` ${span.text}` }))
  }
  const { from, to } = values
  if (from === undefined) return pair(ABSENT, cut(valueText(to as WireValue)))
  if (to === undefined) return pair(cut(valueText(from)), ABSENT)
  if (wordDiff !== undefined && 'S' in from && 'S' in to && isProse(from.S) && isProse(to.S)) {
    return wordDiff(from.S, to.S)
  }
  return pair(...valueTexts(from, to))
}

const ABSENT = '(absent)'

const pair = (from: string, to: string): Span[] => [
  from === ABSENT ? { text: from } : { text: from, style: 'removed' },
  { text: '  →  ' },
  to === ABSENT ? { text: to } : { text: to, style: 'added' },
]

const MOST_MEMBERS = 10

function memberSpans(set: WireValue, sign: '+' | '-'): Span[] {
  const style = sign === '+' ? 'added' : 'removed'
  const members = Object.values(set)[0] as unknown as readonly string[]
  const isText = !('NS' in set)
  const shown = members
    .slice(0, MOST_MEMBERS)
    .map((member) => `${sign}${isText ? cut(JSON.stringify(member)) : member}`)
  const left = members.length - shown.length
  const all = left === 0 ? shown : [...shown, `(${left} more ${style})`]
  return all.map((text): Span => ({ text, style }))
}

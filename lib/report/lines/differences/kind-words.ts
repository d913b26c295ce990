/** Words for counts by kind and by attribute. */
import { count } from '../../../model/figures.ts'
import type { PlaceTotal } from '../../change-totals.ts'

/** What each kind of difference is to a report, a plan and a journal. */
export const WORD_OF_KIND = {
  report: { intro: '', missing: 'missing', differing: 'differing', extra: 'extra' },
  'repair-plan': { intro: 'will ', missing: 'put', differing: 'update', extra: 'delete' },
  'undo-journal': { intro: 'wrote: ', missing: 'put', differing: 'updated', extra: 'deleted' },
} as const

const MOST_PLACES = 12

/** `attributes  state 290 · address.geo 40`. None: nothing is known of them. */
export function attributesLine(totals: readonly PlaceTotal[]): string[] {
  if (totals.length === 0) return []
  const listed = totals.slice(0, MOST_PLACES).map(({ place, items }) => `${place} ${count(items)}`)
  const left = totals.length - listed.length
  return [`attributes  ${listed.join(' · ')}${left === 0 ? '' : ` and ${left} more`}`]
}

/** The first differences, with their keys whole and the places where they differ. */
import { count, counted } from '../model/figures.ts'
import { valueLines } from '../report/lines/differences/change-lines.ts'
import {
  type DifferenceShown,
  doneText,
  placesText,
} from '../report/lines/differences/difference-lines.ts'
import { shownKey } from '../report/shown-key.ts'
import { plainOf } from '../report/styled-line.ts'
import { MOST_DIFFERENCES } from './first-differences.ts'
import { html, type Markup } from './markup.ts'
import type { PageData } from './page-data.ts'
import { withinBudget } from './text-budget.ts'

const MOST_BYTES = 48_000

export function differencesSection({ differences, showsValues, tables }: PageData): Markup {
  const { first, total } = differences
  const namesReplica = tables.filter(({ role }) => role === 'replica').length > 1
  const { fitting } = withinBudget(
    { all: first, most: MOST_DIFFERENCES, bytes: MOST_BYTES },
    (difference) => row(difference, { namesReplica, showsValues }),
  )
  const left = total - fitting.length
  return html`<section aria-labelledby="differences">
<h2 id="differences">${left > 0 ? `The first ${count(fitting.length)} differences` : 'The differences'}</h2>
<p>A place says where the replica’s item differs from the master’s. ${showsValues && 'Values: the replica’s, then the master’s. '}${
    left > 0 && `${counted(left, 'more difference')} not listed: a report (--report FILE) has all.`
  }</p>
<ul class="differences">
${fitting}</ul>
</section>`
}

interface RowOptions {
  readonly namesReplica: boolean
  readonly showsValues: boolean
}

function row(difference: DifferenceShown, { namesReplica, showsValues }: RowOptions): Markup {
  const { replica, kind, key, changes = [], unconfirmed } = difference
  const values = showsValues && changes.some((change) => change.values !== undefined)
  const places = values ? '' : placesText(difference)
  const notes = [
    ...(namesReplica ? [`in ${replica}`] : []),
    ...(unconfirmed ? ['unconfirmed'] : []),
    doneText(difference).replace(/^: /, ''),
  ].filter((note) => note !== '')
  return html`<li><b>${SIGN_AND_KIND[kind]}</b> <code>${shownKey(key)}</code>
${notes.length > 0 && html`<div class="notes">${notes.join(' · ')}</div>`}${
  places !== '' && html`<div class="places"><code>${places}</code></div>`
}${
  values &&
  html`<pre tabindex="0" aria-label="Values">${valueLines(changes).map((line) => html`${plainOf(line)}\n`)}</pre>`
}</li>
`
}

const SIGN_AND_KIND = { missing: '+ missing', differing: '~ differing', extra: '− extra' } as const

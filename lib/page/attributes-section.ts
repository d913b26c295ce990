/** Which attributes differ in how many items, as bars in a table. */
import { count, counted } from '../model/figures.ts'
import type { PlaceTotal } from '../report/change-totals.ts'
import { chartSvg, Plot } from './chart-svg.ts'
import { html, type Markup } from './markup.ts'
import { withinBudget } from './text-budget.ts'

const MOST_PLACES = 40
const MOST_BYTES = 20_000

export function attributesSection(totals: readonly PlaceTotal[]): Markup {
  const most = Math.max(...totals.map(({ items }) => items))
  const { fitting, left } = withinBudget(
    { all: totals, most: MOST_PLACES, bytes: MOST_BYTES },
    ({ place, items }) => html`<tr><th scope="row"><code>${place}</code></th>
<td class="n">${count(items)}</td><td class="bar">${bar(items / most)}</td></tr>
`,
  )
  return html`<section aria-labelledby="attributes">
<h2 id="attributes">Differences by attribute</h2>
<table>
<caption>Differing items, by the place where they differ</caption>
<thead><tr><th scope="col">Place</th><th scope="col" class="n">Items</th><td></td></tr></thead>
<tbody>${fitting}</tbody></table>
${left > 0 && html`<p>${counted(left, 'more place')} not listed.</p>`}
</section>`
}

/** The number stands beside it: a screen reader need not hear it twice. */
function bar(share: number): Markup {
  const svg = chartSvg('', {
    ...{ width: 200, height: 10, margin: 0, axis: null },
    x: { domain: [0, 1] },
    marks: [Plot.rectX([share], { x1: 0, x2: (value: number) => value, fill: 'var(--accent)' })],
  })
  return html`<div aria-hidden="true">${svg}</div>`
}

/** Where the differences are: a strip over the key space, and the worst places as a table. */
import { count, counted } from '../model/figures.ts'
import type { Heat, HeatCell } from '../model/heat.ts'
import { isUnseen, LEVELS, placeOf, shareOf, stripSvg } from './heat-strip.ts'
import { html, type Markup } from './markup.ts'

/** A strip takes 15 KB, and twice that with titles. */
const MOST_STRIPS = 3
const WORST_CELLS = 5

export function heatSection(heat: Heat): Markup {
  const totals = heat.strips.map((strip) => ({ ...strip, found: sumOf(strip.cells) }))
  const shown = totals.sort((a, b) => b.found - a.found).slice(0, MOST_STRIPS)
  const left = totals.length - shown.length
  return html`<section aria-labelledby="where">
<h2 id="where">Where the differences are</h2>
<p>Each cell is a slice of the key space: ${slicesText(heat)}. They follow the hash of the
partition key, not the key. A cell counts keys that looked different when they were scanned; some
may have been equal at their second read.</p>
${shown.map((strip) => stripFigure(strip, { isNamed: totals.length > 1, hasTitles: shown.length === 1 }))}
${left > 0 && html`<p>${counted(left, 'replica')} with fewer differences not drawn.</p>`}
${legend()}
</section>`
}

const sumOf = (cells: readonly HeatCell[]) =>
  cells.reduce((sum, { differences }) => sum + differences, 0)

function slicesText({ segments, strips }: Heat): string {
  const cells = strips[0]?.cells.length ?? 0
  return cells === segments
    ? `one of ${count(segments)} segments of the scan`
    : `about ${count(Math.round(segments / cells))} neighbours of the ${count(segments)} segments of the scan`
}

interface Strip {
  readonly replica: string
  readonly cells: readonly HeatCell[]
  readonly found: number
}

interface StripOptions {
  readonly isNamed: boolean
  /** Whether a cell tells its count when it is pointed at. */
  readonly hasTitles: boolean
}

function stripFigure(
  { replica, cells, found }: Strip,
  { isNamed, hasTitles }: StripOptions,
): Markup {
  const touched = cells.filter(({ differences }) => differences > 0)
  const unseen = cells.filter(isUnseen).length
  const words =
    `${counted(found, 'key')} looked different, in ${count(touched.length)} of ` +
    `${counted(cells.length, 'cell')}${unseen === 0 ? '' : `; ${counted(unseen, 'cell')} not compared, or not to the end, by this run`}.`
  return html`<figure>
<figcaption>${isNamed && html`<b>${replica}</b>: `}${words}</figcaption>
${stripSvg(cells, `Strip of the key space. ${words}`, hasTitles)}
<div class="ends" aria-hidden="true"><span>segment 0</span><span>${count(cells.at(-1)?.lastSegment ?? 0)}</span></div>
${touched.length > 0 && worstTable(touched)}
</figure>`
}

function worstTable(touched: readonly HeatCell[]): Markup {
  const worst = [...touched].sort((a, b) => b.differences - a.differences).slice(0, WORST_CELLS)
  return html`<table>
<caption>${touched.length > WORST_CELLS ? `The ${WORST_CELLS} cells with most` : 'Cells with differences'}</caption>
<thead><tr><th scope="col">Segments</th><th scope="col" class="n">Different</th><th scope="col" class="n">Items</th><th scope="col" class="n">Share</th></tr></thead>
<tbody>${worst.map(
    (cell) =>
      html`<tr><th scope="row">${placeOf(cell)}</th><td class="n">${count(cell.differences)}</td><td class="n">${count(cell.items)}</td><td class="n">${shareText(shareOf(cell))}</td></tr>
`,
  )}</tbody></table>`
}

function shareText(share: number): string {
  if (share < 0.0001) return '< 0.01%'
  return `${count(Math.round(share * 10_000) / 100)}%`
}

const legend = () =>
  html`<ul class="legend" aria-label="Shares of items that looked different">${LEVELS.map(
    ({ name }, level) => html`<li><i class="heat-${level}"></i>${name}</li>`,
  )}<li><i class="unseen"></i>not compared to its end</li></ul>`

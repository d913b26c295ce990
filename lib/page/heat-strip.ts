/** A strip of cells: the lighter or darker a cell, the more differs in its place. */
import { count, counted } from '../model/figures.ts'
import type { HeatCell } from '../model/heat.ts'
import { chartSvg, Plot } from './chart-svg.ts'
import { type Content, html } from './markup.ts'

/** Steps of lightness: each holds shares up to its bound. */
export const LEVELS = [
  { upTo: 0, name: 'none' },
  { upTo: 0.001, name: 'to 0.1%' },
  { upTo: 0.01, name: 'to 1%' },
  { upTo: 0.1, name: 'to 10%' },
  { upTo: Number.POSITIVE_INFINITY, name: 'more' },
]

export const isUnseen = ({ compared, firstSegment, lastSegment }: HeatCell) =>
  compared < lastSegment - firstSegment + 1

export function stripSvg(cells: readonly HeatCell[], label: string, hasTitles: boolean): Content {
  const svg = chartSvg(label, {
    width: 1024,
    height: 40,
    margin: 0,
    axis: null,
    x: { domain: [0, cells.length] },
    y: { domain: [0, 1] },
    marks: [
      ...LEVELS.map((_, level) => {
        const isOfLevel = (cell: HeatCell) => cell.compared > 0 && levelOf(cell) === level
        const isTitled = hasTitles && level > 0
        return Plot.rect(runsOf(cells, isOfLevel, isTitled), {
          ...PLACE,
          fill: `var(--heat-${level})`,
          ...(isTitled && { title: ({ cell }: Run) => titleOf(cell) }),
        })
      }),
      Plot.rect(runsOf(cells, isUnseen), { ...PLACE, y2: 0.25, fill: 'var(--mark)' }),
    ],
  })
  return html`<div class="strip">${svg}</div>`
}

interface Run {
  /** The first of them. */
  readonly cell: HeatCell
  readonly from: number
  readonly to: number
}

const PLACE = { x1: 'from', x2: 'to', y1: 0, y2: 1 }

/** Cells beside each other, as one; each by itself where that is asked for. */
function runsOf(
  cells: readonly HeatCell[],
  isOne: (cell: HeatCell) => boolean,
  isSplit = false,
): Run[] {
  const runs: { cell: HeatCell; from: number; to: number }[] = []
  for (const [at, cell] of cells.entries()) {
    if (!isOne(cell)) continue
    const last = runs.at(-1)
    if (last?.to === at && !isSplit) last.to++
    else runs.push({ cell, from: at, to: at + 1 })
  }
  return runs
}

const titleOf = (cell: HeatCell) =>
  `segments ${placeOf(cell)}: ${count(cell.differences)} of ${counted(cell.items, 'item')}`

export const placeOf = ({ firstSegment, lastSegment }: HeatCell) =>
  firstSegment === lastSegment
    ? count(firstSegment)
    : `${count(firstSegment)} to ${count(lastSegment)}`

export const shareOf = ({ differences, items }: HeatCell) =>
  differences === 0 ? 0 : differences / Math.max(items, differences)

const levelOf = (cell: HeatCell) => LEVELS.findIndex(({ upTo }) => shareOf(cell) <= upTo)

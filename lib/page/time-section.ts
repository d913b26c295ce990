/** How the run went: items and units a second and times to answer, with throttling and waits. */
import { counted, rateText } from '../model/figures.ts'
import { duration } from '../report/durations.ts'
import { chartSvg, Plot } from './chart-svg.ts'
import { html, type Markup } from './markup.ts'
import type { FlowSample, History, Sample } from './page-data.ts'
import { isTurn, markedRuns, type Point, thinned } from './time-points.ts'

/** A screen and a phone: text in a chart that is scaled down cannot be read. */
const SIZES = [
  { name: 'wide', width: 680, ticks: 6, most: 120 },
  { name: 'narrow', width: 320, ticks: 3, most: 80 },
] as const

/** Beside the items. */
const MOST_CHARTS = 6

interface Series {
  readonly name: string
  readonly unit: string
  /** What a bar at the bottom stands for. */
  readonly mark: string
  readonly points: readonly Point[]
}

export function timeSection({ samples, note }: History): Markup {
  const flows = seriesOfFlows(samples)
  const series = [itemsOf(samples), ...flows.map(unitsOf), ...flows.flatMap(answersOf)]
  const shown = series.slice(0, MOST_CHARTS + 1)
  const left = series.length - shown.length
  return html`<section aria-labelledby="time">
<h2 id="time">How it went</h2>
${note !== undefined && html`<p>${note}</p>`}
${samples.length < 2 ? html`<p>The run was too short to draw.</p>` : shown.map(figure)}
${left > 0 && html`<p>${counted(left, 'more chart')} not drawn.</p>`}
</section>`
}

function itemsOf(samples: readonly Sample[]): Series {
  return {
    name: 'Items of the master scanned',
    unit: 'items a second',
    mark: 'no item, waiting or paused',
    points: samples.map(({ at, itemsPerSecond, isWaiting, isPaused }) => ({
      ...{ at, value: itemsPerSecond, limit: null, isMarked: isWaiting || isPaused },
    })),
  }
}

type FlowAt = FlowSample & { readonly at: number }

/** Of each table its reads, and its writes if it was written to. */
function seriesOfFlows(samples: readonly Sample[]): (readonly FlowAt[])[] {
  const byName = new Map<string, FlowAt[]>()
  for (const { at, flows } of samples) {
    for (const flow of flows) {
      const name = `${flow.kind} ${flow.table}`
      const known = byName.get(name) ?? []
      byName.set(name, known)
      known.push({ ...flow, at })
    }
  }
  return [...byName.values()].filter((flows) =>
    flows.some(({ unitsPerSecond, isThrottled }) => unitsPerSecond > 0 || isThrottled),
  )
}

function unitsOf(flows: readonly FlowAt[]): Series {
  const [first] = flows as [FlowAt]
  return {
    name: `${first.kind === 'read' ? 'Read units' : 'Write units'} of ${first.table}`,
    unit: 'units a second',
    mark: 'throttled',
    points: flows.map(({ at, unitsPerSecond, limit, isThrottled }) => ({
      ...{ at, value: unitsPerSecond, limit, isMarked: isThrottled },
    })),
  }
}

function answersOf(flows: readonly FlowAt[]): Series[] {
  const [first] = flows as [FlowAt]
  const points = flows.flatMap(({ at, answerMs }) =>
    answerMs === null ? [] : [{ at, value: answerMs, limit: null, isMarked: false }],
  )
  if (points.length === 0) return []
  const what = first.kind === 'read' ? 'reads' : 'writes'
  const name = `Time to answer ${what} of ${first.table}`
  return [{ name, unit: 'milliseconds', mark: '', points }]
}

function figure(series: Series): Markup {
  const words = inWords(series)
  return html`<figure>
<figcaption><b>${series.name}</b>, in ${series.unit}. ${words}</figcaption>
${SIZES.map((size) => html`<div class="${size.name}">${drawn(series, words, size)}</div>`)}
</figure>`
}

function inWords({ points, mark }: Series): string {
  const values = points.map(({ value }) => value)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const marked = points.filter(({ isMarked }) => isMarked).length
  const limits = points.flatMap(({ limit }) => limit ?? [])
  const limit = limits.at(-1)
  const parts = [
    `Mean ${rateText(mean)}, at most ${rateText(Math.max(...values))}, over ${duration((points.at(-1)?.at ?? 0) * 1000)}`,
    ...(limit === undefined ? [] : [`dashed: the limit, ${rateText(limit)} at the end`]),
    ...(marked === 0
      ? []
      : [
          `bars at the bottom: ${mark} (${Math.round((100 * marked) / points.length)}% of the time)`,
        ]),
  ]
  return `${parts.join('; ')}.`
}

function drawn(
  { name, points: all }: Series,
  words: string,
  { width, ticks, most }: (typeof SIZES)[number],
): Markup {
  const points = thinned(all, most)
  const { unit, seconds } = unitOf(points.at(-1)?.at ?? 0)
  const top = Math.max(...points.map(({ value }) => value), 1)
  // A limit far above what is used would press the line flat.
  const limits = points.filter(({ limit }) => limit !== null && limit <= top * 3)
  const at = (point: { readonly at: number }) => point.at / seconds
  return chartSvg(`${name}. ${words}`, {
    ...{ width, height: 150, marginLeft: 52, marginRight: 12, marginBottom: 40, marginTop: 12 },
    x: {
      label: unit,
      labelArrow: 'none',
      labelOffset: 34,
      ticks,
      domain: [0, (points.at(-1)?.at ?? 0) / seconds],
    },
    y: { label: null, ticks: 4, domain: [0, top], nice: true, grid: true, tickFormat: shortFigure },
    marks: [
      Plot.lineY(limits.filter(isTurn), {
        ...{ x: at, y: 'limit', stroke: 'currentColor' },
        ...{ strokeWidth: 1, strokeDasharray: '4 3' },
      }),
      Plot.lineY(points, { x: at, y: 'value', stroke: 'var(--accent)' }),
      Plot.ruleY([0]),
      Plot.ruleY(markedRuns(points), {
        ...{ y: 0, x1: ({ from }) => from / seconds, x2: ({ to }) => to / seconds },
        ...{ stroke: 'var(--mark)', strokeWidth: 8 },
      }),
    ],
  })
}

function unitOf(seconds: number) {
  if (seconds >= 3 * 3600) return { unit: 'hours', seconds: 3600 }
  return seconds >= 180 ? { unit: 'minutes', seconds: 60 } : { unit: 'seconds', seconds: 1 }
}

const shortFigure = (value: number) => {
  if (value >= 1e6) return `${value / 1e6}M`
  return value >= 1e4 ? `${value / 1e3}k` : rateText(value).replace(/\.0$/, '')
}

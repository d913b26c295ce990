/** Draws a chart as SVG text. No other file loads the library for it. */
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { escaped, type Markup, trusted } from './markup.ts'

const { document } = parseHTML('<!doctype html><html><body></body></html>')

type ChartOptions = Omit<Plot.PlotOptions, 'document' | 'ariaLabel' | 'className'>

/**
 * @param label says in words what the chart shows: a screen reader reads it instead. Only the label
 * may hold text that comes from tables.
 */
export function chartSvg(label: string, options: ChartOptions): Markup {
  const svg = Plot.plot({ ...options, className: 'chart', document } as never)
  // The page has its own rules for charts, and one label says it all.
  svg.querySelector('style')?.remove()
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label')
  const named = `<svg role="img" aria-label="${escaped(label)}" `
  return trusted(shortened(svg.outerHTML).replace('<svg ', () => named))
}

/** A tenth of a pixel is fine enough, and three times shorter. */
const shortened = (svg: string) =>
  svg.replace(/\d+\.\d{2,}/g, (number) => String(Math.round(Number(number) * 10) / 10))

export { Plot }

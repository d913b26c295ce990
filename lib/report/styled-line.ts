/** Lines of which parts have a style. What they say, they say without it. */
import { styleText } from 'node:util'
import { printable } from './printable.ts'

export type Style = 'added' | 'removed' | 'changed' | 'verdict' | 'warning'

export interface Span {
  readonly text: string
  readonly style?: Style
}

export type Line = string | readonly Span[]

const FORMAT = {
  added: 'green',
  removed: 'red',
  changed: 'yellow',
  verdict: 'bold',
  warning: 'yellow',
} as const satisfies Record<Style, Parameters<typeof styleText>[0]>

export const plainOf = (line: Line): string =>
  typeof line === 'string' ? printable(line) : line.map(({ text }) => printable(text)).join('')

export function styledOf(line: Line): string {
  if (typeof line === 'string') return styled(printable(line), styleOf(line))
  return line.map(({ text, style }) => styled(printable(text), style)).join('')
}

function styled(text: string, style: Style | undefined): string {
  if (style === undefined) return text
  // Whether the stream takes colours is decided by whoever opens the screen.
  return styleText(FORMAT[style], text, { validateStream: false })
}

/** By how a line begins: differences have a sign, trouble has a word. */
function styleOf(line: string): Style | undefined {
  if (line.startsWith('+ ')) return 'added'
  if (line.startsWith('- ')) return 'removed'
  if (line.startsWith('~ ')) return 'changed'
  if (line.startsWith('error ')) return 'removed'
  return line.startsWith('warning ') ? 'warning' : undefined
}

/**
 * Lines in a chain: each line has its number and the checksum of the line before it. A line that is
 * missing, doubled, moved or from another file breaks the chain, even if the line itself is intact.
 */
import type { LineChain } from '../../model/files/line-chain.ts'
import { checkedText, checksumIn } from './checked-line.ts'

interface Link {
  readonly line: number
  readonly after: string
}

/**
 * The line that continues a chain.
 *
 * @param text the JSON text of an object with at least one field
 */
export function chainedLine({ lines, last }: LineChain, text: string): string {
  return checkedText(`{"line":${lines + 1},"after":"${last}",${text.slice(1)}`)
}

/** The chain with one more line. */
export function withLine({ lines }: LineChain, line: string): LineChain {
  return { lines: lines + 1, last: checksumIn(line) }
}

/** Whether a value was read from a line of a chain. Files of version 1 have no chain. */
export function isLinked(value: object): value is Link {
  return Object.hasOwn(value, 'line') && Object.hasOwn(value, 'after')
}

export function continues({ lines, last }: LineChain, value: object): boolean {
  return isLinked(value) && value.line === lines + 1 && value.after === last
}

/** The content of a line, without its place in the chain. */
export function contentOf(value: object): object {
  if (!isLinked(value)) return value
  const { line: _, after: __, ...content } = value
  return content
}

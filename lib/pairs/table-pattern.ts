/** Names of tables in which `*` stands for any text. */
import type { TableOptions } from '../options/groups/table-options.ts'

export interface Match {
  readonly name: string
  /** What each `*` stands for. */
  readonly captured: readonly string[]
}

export const isPattern = (name: string): boolean => name.includes('*')

export const starsIn = (name: string): number => name.split('*').length - 1

/** The names that fit; the first `*` of several takes as little as it can. */
export function matching(pattern: string, names: readonly string[]): Match[] {
  const parts = pattern.split('*')
  return names.flatMap((name) => {
    const captured = capturedIn(name, parts)
    return captured === undefined ? [] : [{ name, captured }]
  })
}

/** What stands between the parts. No part is looked for twice, however many there are. */
function capturedIn(name: string, parts: readonly string[]): string[] | undefined {
  const [first = '', ...others] = parts
  const last = others.pop()
  if (last === undefined) return name === first ? [] : undefined
  if (!name.startsWith(first)) return undefined
  const captured: string[] = []
  let from = first.length
  for (const part of others) {
    const at = name.indexOf(part, from)
    if (at < 0) return undefined
    captured.push(name.slice(from, at))
    from = at + part.length
  }
  const to = name.length - last.length
  if (to < from || !name.endsWith(last)) return undefined
  return [...captured, name.slice(from, to)]
}

/** The name that `captured` makes of a pattern with as many stars. */
export function filledIn(pattern: string, captured: readonly string[]): string {
  let at = 0
  return pattern.replaceAll('*', () => captured[at++] ?? '')
}

/** A name that stands for all that fit. */
export const anyFitting = (table: string | TableOptions): string | TableOptions =>
  typeof table === 'string'
    ? table.replaceAll('*', 'any')
    : { ...table, table: String(table.table).replaceAll('*', 'any') }

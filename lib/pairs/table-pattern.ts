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
  const parts = pattern.split('*').map((part) => part.replace(/[.\\+^$()[\]{}|?]/g, '\\$&'))
  const fits = new RegExp(`^${parts.join('(.*?)')}$`, 's')
  return names.flatMap((name) => {
    const found = fits.exec(name)
    return found === null ? [] : [{ name, captured: found.slice(1) }]
  })
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

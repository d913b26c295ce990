/** Keeps lists of texts from tables within a size: a name or a key may be as long as a page. */
import type { Markup } from './markup.ts'

interface Budget<T> {
  readonly all: readonly T[]
  readonly most: number
  readonly bytes: number
}

/** The first of them, as markup, and how many are left out. */
export function withinBudget<T>({ all, most, bytes }: Budget<T>, markupOf: (one: T) => Markup) {
  const fitting: Markup[] = []
  let taken = 0
  for (const one of all.slice(0, most)) {
    const markup = markupOf(one)
    taken += Buffer.byteLength(markup.html)
    if (taken > bytes) break
    fitting.push(markup)
  }
  return { fitting, left: all.length - fitting.length }
}

/** Two texts as one, word by word: `the [-quick-]{+slow+} fox`, as git marks it. */
import type { Span } from '../../styled-line.ts'

export type WordDiff = (from: string, to: string) => Span[]

/** Loaded only where values are shown. */
export async function loadWordDiff(): Promise<WordDiff> {
  const { diffWordsWithSpace } = await import('diff')
  return (from, to) =>
    diffWordsWithSpace(from, to).flatMap(({ value, added, removed }, at, all): Span[] => {
      if (removed) return [{ text: `[-${value}-]`, style: 'removed' }]
      if (added) return [{ text: `{+${value}+}`, style: 'added' }]
      return [{ text: shortened(value, { isFirst: at === 0, isLast: at === all.length - 1 }) }]
    })
}

/** How much of what both have in common stands beside a change. */
const BESIDE = 24

/** Common text, without what is far from any change. */
function shortened(
  text: string,
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
): string {
  const before = isFirst ? 0 : BESIDE
  const after = isLast ? 0 : BESIDE
  if (text.length <= before + after + 3) return text
  return `${text.slice(0, before)}…${after === 0 ? '' : text.slice(-after)}`
}

/** Whether a text is made of words, so that most of them may be the same. */
export const isProse = (text: string): boolean => text.trim().split(/\s+/, 4).length >= 4

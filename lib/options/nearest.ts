/** What may have been meant by a word that nobody knows. */

/**
 * The first of the known words that begins with it, or is one slip of the fingers away; undefined:
 * none is.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const isBegun = (one: string) => word.length > 3 && one.startsWith(word)
  const isAlike = (one: string) =>
    one.length > 3 && Math.abs(one.length - word.length) <= 2 && slips(one, word) <= 2
  return known.find(isBegun) ?? known.find(isAlike)
}

/** Letters to add, drop or change to make one of the other (Levenshtein). */
function slips(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const change = (previous[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1)
      row.push(Math.min(change, (previous[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    previous = row
  }
  return previous[other.length] as number
}

/**
 * Figures as people read them. Without `Intl`, which takes longer to load than
 * a small table takes to compare.
 */

/** 1234567 is told as 1,234,567; of a fraction at most three digits are. */
export function count(n: number): string {
  const [whole = '', fraction] = String(Math.round(n * 1000) / 1000).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** A small rate keeps two digits, since 0.02 is not nothing. */
export function rateText(perSecond: number, decimals = 0): string {
  const rounded = perSecond < 10 ? perSecond.toPrecision(2) : perSecond.toFixed(decimals)
  return count(Number(rounded))
}

/** A rate as people read it: a small one keeps two digits, since 0.02 is not nothing. */
export function rateText(perSecond: number, decimals = 0): string {
  const digits =
    perSecond < 10 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: decimals }
  return perSecond.toLocaleString('en-US', digits)
}

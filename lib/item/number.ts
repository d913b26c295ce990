/** DynamoDB numbers as exact decimals: up to 38 digits, never a JavaScript number. */

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/

/**
 * One spelling for each value: `1`, `1.0`, `+1` and `1E0` all become `1e0`. It has the digits
 * without zeros at either end, and the power of ten of the last digit. Text that is not a number
 * stands for itself, and equals no number.
 */
export function canonicalNumber(text: string): string {
  const match = DECIMAL.exec(text)
  const [, sign, whole = '', fraction = '', exponent] = match ?? []
  if (whole === '' && fraction === '') return `?${text}`
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return '0'
  const significant = digits.replace(/0+$/, '')
  const power = Number(exponent ?? 0) - fraction.length + digits.length - significant.length
  return `${sign === '-' ? '-' : ''}${significant}e${power}`
}

/** Below zero if `a` is smaller, zero if both are equal. Undefined: one of them is not a number. */
export function compareNumbers(a: string, b: string): number | undefined {
  const [one, other] = [canonicalNumber(a), canonicalNumber(b)]
  if (one.startsWith('?') || other.startsWith('?')) return undefined
  const [x, y] = [partsOf(one), partsOf(other)]
  if (x.sign !== y.sign) return x.sign - y.sign
  // If the signs are equal, first the place of the leading digit decides, and then the digits.
  const magnitude =
    x.leading - y.leading || Number(x.digits > y.digits) - Number(x.digits < y.digits)
  return magnitude * x.sign
}

function partsOf(canonical: string) {
  if (canonical === '0') return { sign: 0, digits: '', leading: 0 }
  const isNegative = canonical.startsWith('-')
  const [digits = '', power] = canonical.slice(isNegative ? 1 : 0).split('e')
  return { sign: isNegative ? -1 : 1, digits, leading: digits.length + Number(power) }
}

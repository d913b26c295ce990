/** DynamoDB numbers as exact decimals: up to 38 digits, never a JavaScript number. */

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/

/**
 * One spelling for each value: `1`, `1.0`, `+1` and `1E0` all become `1e0`,
 * the digits without zeros at either end and the power of ten of the last.
 * Text that is no number stands for itself, and equals no number.
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

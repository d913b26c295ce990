/**
 * Figures as people read them. Without `Intl`, which takes longer to load than
 * a small table takes to compare.
 */
import type { Prices } from './prices.ts'

/** Writes 1234567 as 1,234,567, and keeps at most three digits of a fraction. */
export function count(n: number): string {
  const [whole = '', fraction] = String(Math.round(n * 1000) / 1000).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** A number with its noun: 1 item, 1,234 items. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`
}

/** A small rate keeps two digits, since 0.02 is not nothing. */
export function rateText(perSecond: number, decimals = 0): string {
  const rounded = perSecond < 10 ? perSecond.toPrecision(2) : perSecond.toFixed(decimals)
  return count(Number(rounded))
}

const SIZES = ['bytes', 'KB', 'MB', 'GB', 'TB']

/** A size with three digits, in powers of 1,000: 3.1 MB. */
export function bytesText(bytes: number): string {
  let [size, unit] = [bytes, 0]
  while (size >= 999.5 && unit < SIZES.length - 1) {
    size /= 1000
    unit++
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : 1
  return unit === 0 && bytes === 1 ? '1 byte' : `${size.toFixed(digits)} ${SIZES[unit]}`
}

/** A large number with three digits: 24.7 M. Below 100,000 all digits are kept. */
export function shortCount(n: number): string {
  if (n < 100_000) return count(Math.round(n))
  const [divisor, unit] = n < 999_500 ? [1e3, 'k'] : n < 999_500_000 ? [1e6, 'M'] : [1e9, 'G']
  const size = n / divisor
  return `${size.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2)} ${unit}`
}

/** Small amounts keep two digits, since they are not nothing. */
export function moneyText(amount: number, { currency }: Prices): string {
  if (amount === 0) return `${currency} 0`
  if (amount >= 100) return `${currency} ${count(Math.round(amount))}`
  return `${currency} ${amount >= 1 ? amount.toFixed(2) : plainDigits(amount)}`
}

/** Without an exponent: nobody reads 6.3e-7 as money. */
const plainDigits = (amount: number) =>
  amount < SMALLEST
    ? `less than ${SMALLEST}`
    : amount.toFixed(1 - Math.floor(Math.log10(amount))).replace(/0+$/, '')

/** Nobody pays less. */
const SMALLEST = 0.000001

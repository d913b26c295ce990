/** Numbers under masks: exact decimals, spelt as the service spells them. */
import { canonicalNumber } from '../item/number.ts'

interface Decimal {
  readonly sign: '' | '-'
  /** Without zeros at either end; one zero for zero. */
  readonly digits: string
  readonly power: number
}

function decimalOf(text: string): Decimal {
  const canonical = canonicalNumber(text)
  if (canonical === '0') return { sign: '', digits: '0', power: 0 }
  const isNegative = canonical.startsWith('-')
  const [digits = '', power] = canonical.slice(isNegative ? 1 : 0).split('e')
  return { sign: isNegative ? '-' : '', digits, power: Number(power) }
}

/** Numbers of more digits are spelt with an exponent. */
const MOST_PLAIN = 60

function spelt({ sign, digits, power }: Decimal): string {
  if (power >= 0 && digits.length + power <= MOST_PLAIN) return sign + digits + '0'.repeat(power)
  if (power >= 0 || -power > MOST_PLAIN) return `${sign}${digits}E${power}`
  const whole = digits.length + power
  return whole > 0
    ? `${sign}${digits.slice(0, whole)}.${digits.slice(whole)}`
    : `${sign}0.${'0'.repeat(-whole)}${digits}`
}

/**
 * The number with other digits, as many: its sign, its point and its zeros at the end stay.
 *
 * @param make gives so many digits
 */
export function withOtherDigits(text: string, make: (length: number) => string): string {
  const decimal = decimalOf(text)
  const { length } = decimal.digits
  // Two more, for the ends: a zero there would change how many digits there are.
  const made = make(length + 2)
  const spare = (at: number) => String(1 + (Number(made[length + at]) % 9))
  const digits = [...made.slice(0, length)]
  if (digits[0] === '0') digits[0] = spare(0)
  if (digits[length - 1] === '0') digits[length - 1] = spare(1)
  return spelt({ ...decimal, digits: digits.join('') })
}

/** The digits of a whole number, as it is spelt without an exponent. Undefined: it is another. */
export function wholeDigits(text: string): { sign: string; digits: string } | undefined {
  const { sign, digits, power } = decimalOf(text)
  const isWhole = power >= 0 && digits.length + power <= MOST_PLAIN
  return isWhole ? { sign, digits: digits + '0'.repeat(power) } : undefined
}

/** How numbers in keys are spelt: the service has one spelling for each, other engines may not. */
import type { WireItem } from '../model/wire.ts'
import type { KeyText } from './key.ts'

/** As the service returns numbers: no needless zeros (Developer Guide, Data types, Number). */
const USUAL = /^(?:0|-?(?:[1-9]\d*(?:\.\d*[1-9])?|0\.\d*[1-9]))$/

/** Whether each number of a key is spelt as the service would. */
export function isSpeltAsUsual(key: KeyText): boolean {
  return numbersOf(key).every((text) => USUAL.test(text))
}

/** The key with each number in another spelling. */
export function respelt(key: KeyText): KeyText {
  const parts = Object.entries(JSON.parse(key) as WireItem).map(([name, value]) => [
    name,
    'N' in value ? { N: otherSpelling(value.N) } : value,
  ])
  return JSON.stringify(Object.fromEntries(parts))
}

function numbersOf(key: KeyText): string[] {
  const parts = Object.values(JSON.parse(key) as WireItem)
  return parts.flatMap((value) => ('N' in value ? value.N : []))
}

/** The number with one more zero after the point. */
function otherSpelling(text: string): string {
  const [digits = '', ...exponent] = text.split(/(?=[eE])/)
  return `${digits}${digits.includes('.') ? '0' : '.0'}${exponent.join('')}`
}

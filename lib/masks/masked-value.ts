/** What a rule makes of one value: a text, a number, bytes, or a set of these. */
import { canonicalNumber } from '../item/number.ts'
import type { MaskRule } from '../model/items/masks.ts'
import type { WireValue } from '../model/wire.ts'
import type { CanonicalValue, KeyedHash } from './keyed-digits.ts'
import { madeUpName } from './made-up-names.ts'
import { wholeDigits, withOtherDigits } from './masked-number.ts'

/** Why a rule cannot mask a value. It quotes nothing of it. */
export class Unmaskable extends Error {}

type Scalar = 'S' | 'N' | 'B'

/** Masks one member. */
type MaskMember = (member: string, type: Scalar) => string

const SCALAR_OF = { S: 'S', N: 'N', B: 'B', SS: 'S', NS: 'N', BS: 'B' } as const

export const typeOf = (value: WireValue): string => Object.keys(value)[0] ?? 'nothing'

/** @throws Unmaskable */
export function maskedValue(
  value: WireValue,
  rule: Exclude<MaskRule, 'keep' | 'drop'>,
  hash: KeyedHash | undefined,
): WireValue {
  const type = typeOf(value)
  const name = typeof rule === 'string' ? rule : 'fixed'
  if (typeof rule === 'object' && typeof rule.fixed === 'boolean') {
    if (type === 'BOOL') return { BOOL: rule.fixed }
    throw unexpected(name, type)
  }
  const scalar = (SCALAR_OF as Record<string, Scalar | undefined>)[type]
  if (scalar === undefined) throw unexpected(name, type)
  const mask = memberMask(rule, hash)
  const content = (value as Record<string, unknown>)[type] as string | readonly string[]
  if (typeof content === 'string') return { [type]: mask(content, scalar) } as WireValue
  const members = content.map((member) => mask(member, scalar))
  if (distinct(members, scalar) < distinct(content, scalar)) {
    throw new Unmaskable(`two members of a set become one by ${name}`)
  }
  return { [type]: members } as unknown as WireValue
}

const distinct = (members: readonly string[], type: Scalar) =>
  new Set(members.map((member) => (type === 'N' ? canonicalNumber(member) : member))).size

const unexpected = (name: string, type: string) =>
  new Unmaskable(`${name} takes no value of type ${type}`)

function memberMask(rule: Exclude<MaskRule, 'keep' | 'drop'>, hash: KeyedHash | undefined) {
  if (typeof rule === 'object') return fixed(rule.fixed)
  if (rule === 'last4') return lastFour
  if (hash === undefined) throw new Error('a keyed rule without its key')
  return KEYED[rule](hash)
}

function fixed(value: (MaskRule & object)['fixed']): MaskMember {
  const [type, text] = typeof value === 'object' ? ['N', value.number] : ['S', String(value)]
  return (_, of) => {
    if (of === type) return text
    throw unexpected('fixed', of)
  }
}

function canonical(member: string, type: Scalar): CanonicalValue {
  if (type === 'N') return { type, content: canonicalNumber(member) }
  return { type, content: type === 'B' ? Buffer.from(member, 'base64') : member }
}

/** Of an e-mail address: 96 bits, so that no two are one. */
const EMAIL_DIGITS = 24

const KEYED: Record<'hash' | 'email' | 'name' | 'digits', (hash: KeyedHash) => MaskMember> = {
  hash: (hash) => (member, type) => {
    if (type === 'N') throw new Unmaskable('hash takes no value of type N; digits does')
    const bytes = hash.bytes('hash', canonical(member, type))
    return bytes.toString(type === 'B' ? 'base64' : 'hex')
  },
  email: (hash) => (member, type) => {
    if (type !== 'S') throw unexpected('email', type)
    return `${hash.hex('email', canonical(member, type), EMAIL_DIGITS)}@example.invalid`
  },
  name: (hash) => (member, type) => {
    if (type !== 'S') throw unexpected('name', type)
    return madeUpName(hash.bytes('name', canonical(member, type)))
  },
  digits: (hash) => (member, type) => {
    if (type === 'B') throw unexpected('digits', type)
    const digits = (length: number) => hash.digits('digits', canonical(member, type), length)
    if (type === 'N') return withOtherDigits(member, digits)
    if (member === '') throw new Unmaskable('the text is too short for digits')
    return digits([...member].length)
  },
}

/** Of a shorter value, too much would be left. */
const LEAST_FOR_LAST4 = 9

function lastFour(member: string, type: Scalar): string {
  if (type === 'B') throw unexpected('last4', type)
  const whole = type === 'N' ? wholeDigits(member) : undefined
  if (type === 'N' && whole === undefined) throw new Unmaskable('last4 takes only whole numbers')
  const letters = [...(whole?.digits ?? member)]
  if (letters.length < LEAST_FOR_LAST4) throw new Unmaskable('the value is too short for last4')
  const last = letters.slice(-4).join('')
  if (whole === undefined) return 'x'.repeat(letters.length - 4) + last
  const number = String(Number(last))
  return number === '0' ? number : whole.sign + number
}

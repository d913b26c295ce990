/** Random items, other spellings of the same item, and items that differ in one change. */
import fc from 'fast-check'
import type { WireItem, WireValue } from '../../lib/model/wire.ts'

const hostile = [
  'Items',
  'LastEvaluatedKey',
  '__proto__',
  'constructor',
  'id',
  '{"S":"x"}',
  '"},{"id":{"S":"',
  '\\u0041',
  'a\nb',
  '\u2028',
  'é',
  '😀',
  '',
  'aws',
]

export const anyText = fc.oneof(
  fc.string({ maxLength: 12, unit: 'grapheme' }),
  fc.constantFrom(...hostile),
)
export const anyName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
  fc.constantFrom(...hostile.filter((name) => name !== '')),
)

export const anyNumber = fc
  .record({
    negative: fc.boolean(),
    digits: fc.stringMatching(/^[1-9][0-9]{0,37}$/),
    power: fc.integer({ min: -40, max: 40 }),
  })
  .map(({ negative, digits, power }) => `${negative ? '-' : ''}${digits}E${power}`)

export const anyBinary = fc
  .uint8Array({ maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('base64'))

const distinct = <T>(arbitrary: fc.Arbitrary<T>, by: (value: T) => unknown = (value) => value) =>
  fc.uniqueArray(arbitrary, { minLength: 1, maxLength: 5, selector: by })

/** The value of a number without trailing zeros: set elements must differ in it. */
const value = (text: string) => {
  const [digits = '', power = '0'] = text.split('E')
  const stripped = digits.replace(/0+$/, '')
  return `${stripped}E${Number(power) + digits.length - stripped.length}`
}

export const { anyValue } = fc.letrec<{ anyValue: WireValue }>((tie) => ({
  anyValue: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.record({ S: anyText }),
    fc.record({ N: anyNumber }),
    fc.record({ B: anyBinary }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ NULL: fc.constant(true) }),
    fc.record({ SS: distinct(anyText) }),
    fc.record({ NS: distinct(anyNumber, value) }),
    fc.record({ BS: distinct(anyBinary) }),
    fc.record({ L: fc.array(tie('anyValue'), { maxLength: 4 }) }),
    fc.record({ M: fc.array(fc.tuple(anyName, tie('anyValue')), { maxLength: 4 }).map(asItem) }),
  ),
}))

export const anyItem: fc.Arbitrary<WireItem> = fc
  .array(fc.tuple(anyName, anyValue), { minLength: 1, maxLength: 6 })
  .map(asItem)

/** `Object.fromEntries` makes `__proto__` an ordinary name. */
function asItem(entries: [string, WireValue][]): WireItem {
  return Object.fromEntries(entries)
}

/** A source of choices, so that a failure of a property can be replayed. */
export type Choose = (below: number) => number

export const anyChoices: fc.Arbitrary<Choose> = fc.integer().map(choices)

/** A small generator of pseudo-random numbers (mulberry32). */
export function choices(seed: number): Choose {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** JSON text of the same item, spelt and laid out in another legal way. */
export function respelt(item: WireItem, choose: Choose): string {
  return members(item, choose)
}

function members(item: WireItem, choose: Choose): string {
  const parts = shuffled(Object.entries(item), choose).map(
    ([name, member]) =>
      `${blank(choose)}${text(name, choose)}${blank(choose)}:${blank(choose)}${valueText(member, choose)}${blank(choose)}`,
  )
  return `{${parts.join(',')}${parts.length === 0 ? blank(choose) : ''}}`
}

function valueText(given: WireValue, choose: Choose): string {
  const [[type, content] = ['', '']] = Object.entries(given)
  return `{${blank(choose)}${text(type, choose)}${blank(choose)}:${blank(choose)}${contentText(type, content, choose)}${blank(choose)}}`
}

function contentText(type: string, content: unknown, choose: Choose): string {
  switch (type) {
    case 'S':
    case 'B':
      return text(content as string, choose)
    case 'N':
      return text(number(content as string, choose), choose)
    case 'SS':
    case 'BS':
      return array(shuffled(content as string[], choose), (each) => text(each, choose), choose)
    case 'NS':
      return array(
        shuffled(content as string[], choose),
        (each) => text(number(each, choose), choose),
        choose,
      )
    case 'L':
      return array(content as WireValue[], (each) => valueText(each, choose), choose)
    case 'M':
      return members(content as WireItem, choose)
    default:
      return JSON.stringify(content)
  }
}

function array<T>(elements: readonly T[], spell: (element: T) => string, choose: Choose): string {
  const parts = elements.map((element) => `${blank(choose)}${spell(element)}${blank(choose)}`)
  return `[${parts.join(',')}]`
}

/** A random way to write a decimal. */
function number(canonical: string, choose: Choose): string {
  const negative = canonical.startsWith('-')
  const [digits = '', power = '0'] = canonical.replace(/^-/, '').split('E')
  const exponent = Number(power)
  const sign = negative ? '-' : ['', '+'][choose(2)]
  switch (choose(4)) {
    case 0:
      return `${sign}${digits}0e${exponent - 1}`
    case 1:
      return `${sign}00${digits}.000E+${exponent}`.replace('E+-', 'E-')
    case 2:
      return `${sign}0.${digits}E${exponent + digits.length}`
    default:
      return exponent >= 0
        ? `${sign}${digits}${'0'.repeat(exponent)}`
        : `${sign}0.${'0'.repeat(-exponent)}${digits}e${digits.length}`
  }
}

/** A JSON string with some of its characters escaped. */
function text(plain: string, choose: Choose): string {
  let spelt = ''
  for (let at = 0; at < plain.length; at++) {
    const code = plain.charCodeAt(at).toString(16).padStart(4, '0')
    const surrogate = code >= 'd800' && code <= 'dfff'
    // One half of a surrogate pair cannot be escaped alone and stay UTF-8.
    spelt += !surrogate && choose(8) === 0 ? `\\u${code}` : JSON.stringify(plain[at]).slice(1, -1)
  }
  const whole = JSON.stringify(plain)
  return spelt.includes('\\ud') ? whole : `"${spelt}"`
}

const blank = (choose: Choose) =>
  choose(6) === 0 ? ([' ', '\n', '\t', '\r\n'][choose(4)] as string) : ''

export function shuffled<T>(values: readonly T[], choose: Choose): T[] {
  const order = [...values]
  for (let at = order.length - 1; at > 0; at--) {
    const other = choose(at + 1)
    ;[order[at], order[other]] = [order[other] as T, order[at] as T]
  }
  return order
}

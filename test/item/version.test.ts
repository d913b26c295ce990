import fc from 'fast-check'
import t from 'tap'
import { compareNumbers } from '../../lib/item/number.ts'
import { isNewer } from '../../lib/item/version.ts'
import type { WireItem } from '../../lib/model/wire.ts'

t.test('compareNumbers orders as integers do, however they are spelt', async (t) => {
  const anyInteger = fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n })
  const anySpelling = fc.constantFrom(
    (n: bigint) => `${n}`,
    (n: bigint) => `${n}.000`,
    (n: bigint) => `${n}e0`,
    (n: bigint) => `${n}0E-1`,
  )
  fc.assert(
    fc.property(anyInteger, anyInteger, anySpelling, anySpelling, (a, b, spellA, spellB) => {
      const order = compareNumbers(spellA(a), spellB(b)) ?? Number.NaN
      return Math.sign(order) === (a < b ? -1 : a > b ? 1 : 0)
    }),
    { numRuns: 5000 },
  )
  t.equal(compareNumbers('1', 'one'), undefined)
})

for (const [what, a, b, expected] of [
  ['a larger number', { v: { N: '10' } }, { v: { N: '9' } }, true],
  ['the same number', { v: { N: '10.0' } }, { v: { N: '1e1' } }, false],
  ['a fraction', { v: { N: '0.25' } }, { v: { N: '0.3' } }, false],
  ['a number below zero', { v: { N: '-2' } }, { v: { N: '-10' } }, true],
  [
    'neighbours of 38 digits',
    { v: { N: `${'9'.repeat(37)}2` } },
    { v: { N: `${'9'.repeat(37)}1` } },
    true,
  ],
  ['a later text', { v: { S: '2026-02' } }, { v: { S: '2026-01' } }, true],
  ['text by its bytes', { v: { S: '\u{1f600}' } }, { v: { S: '\uffff' } }, true],
  ['binary by its bytes', { v: { B: '/w==' } }, { v: { B: 'AP8=' } }, true],
  ['another type', { v: { S: '9' } }, { v: { N: '1' } }, false],
  ['no version', {}, { v: { N: '1' } }, false],
  ['none on the other side', { v: { N: '1' } }, {}, false],
  ['a type without order', { v: { BOOL: true } }, { v: { BOOL: false } }, false],
] as [string, WireItem, WireItem, boolean][]) {
  t.test(`isNewer says ${expected} of ${what}`, async (t) => {
    t.equal(isNewer(a, b, 'v'), expected)
  })
}

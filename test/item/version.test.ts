import fc from 'fast-check'
import { compareNumbers } from '../../lib/item/number.ts'
import { orderOfVersions, type VersionOrder } from '../../lib/item/version.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import { t } from '../support/tap.ts'

t.test('compareNumbers orders numbers as integers, in any spelling', async (t) => {
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
  ['a larger number', { v: { N: '10' } }, { v: { N: '9' } }, 'later'],
  ['the same number', { v: { N: '10.0' } }, { v: { N: '1e1' } }, 'equal'],
  ['a fraction', { v: { N: '0.25' } }, { v: { N: '0.3' } }, 'earlier'],
  ['a number below zero', { v: { N: '-2' } }, { v: { N: '-10' } }, 'later'],
  [
    'neighbours of 38 digits',
    { v: { N: `${'9'.repeat(37)}2` } },
    { v: { N: `${'9'.repeat(37)}1` } },
    'later',
  ],
  ['a later text', { v: { S: '2026-02' } }, { v: { S: '2026-01' } }, 'later'],
  ['text by its bytes', { v: { S: '\u{1f600}' } }, { v: { S: '\uffff' } }, 'later'],
  ['binary by its bytes', { v: { B: '/w==' } }, { v: { B: 'AP8=' } }, 'later'],
  ['another type', { v: { S: '9' } }, { v: { N: '1' } }, 'unordered'],
  ['no version', {}, { v: { N: '1' } }, 'lacking'],
  ['no version on the other side', { v: { N: '1' } }, {}, 'alone'],
  ['no version on either side', {}, {}, 'none'],
  ['a number that cannot be parsed', { v: { N: 'x' } }, { v: { N: '1' } }, 'unordered'],
  ['a type without order', { v: { BOOL: true } }, { v: { BOOL: false } }, 'unordered'],
] as [string, WireItem, WireItem, VersionOrder][]) {
  t.test(`orderOfVersions returns ${expected} for ${what}`, async (t) => {
    t.equal(orderOfVersions(a, b, 'v'), expected)
  })
}

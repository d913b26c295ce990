/** What bytes alone can decide about items whose attributes are in another order. */

import fc from 'fast-check'
import { sameMembers } from '../../lib/item/bytes/same-members.ts'
import { canonicalItem } from '../../lib/item/normalise.ts'
import { BY_DEFAULT, comparing } from '../../lib/item/places/compared.ts'
import type { WireItem, WireValue } from '../../lib/model/wire.ts'
import {
  anyChoices,
  anyItem,
  anyValue,
  type Choose,
  respelt,
  shuffled,
} from '../support/arbitrary.ts'
import { pageOf } from '../support/pages.ts'
import { t } from '../support/tap.ts'

const RUNS = { numRuns: Number(process.env['TABLESYNC_TEST_RUNS'] ?? 3000) }
const none = BY_DEFAULT

const same = (a: WireItem | string, b: WireItem | string, isIgnored = none.isIgnored) =>
  sameMembers(pageOf([a]), 0, pageOf([b]), 0, isIgnored)

const withId = (item: WireItem): WireItem => ({ ...item, id: { S: 'k' } })

/** The same item with the members of all its maps in another order. */
function reordered(value: unknown, choose: Choose): unknown {
  if (Array.isArray(value)) return value.map((each) => reordered(each, choose))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    shuffled(Object.entries(value), choose).map(([name, one]) => [name, reordered(one, choose)]),
  )
}

t.test("sameMembers holds for any other order of an item's members", async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyItem, anyChoices, (item, choose) => {
        fc.pre(!JSON.stringify(item).includes('__proto__'))
        return same(withId(item), reordered(withId(item), choose) as WireItem)
      }),
      RUNS,
    ),
  )
})

t.test('sameMembers never holds for items that are not equal', async (t) => {
  const canonical = (item: WireItem) => canonicalItem(item, none)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyItem, anyItem, anyValue, anyChoices, (item, other, value, choose) => {
        // Similar ones: one has an attribute in another form, or one more.
        const one = withId({ ...item, a: value })
        const two = withId(
          choose(2) === 0 ? { ...item } : { ...item, a: Object.values(other)[0] ?? value },
        )
        const [a, b] = [respelt(one, choose), JSON.stringify(two)]
        return !same(a, b) || canonical(one) === canonical(two)
      }),
      RUNS,
    ),
  )
})

t.test('sameMembers leaves ignored attributes out', async (t) => {
  const isIgnored = comparing({ ignore: ['at'], only: [] }).isIgnored
  const item = (more: Record<string, WireValue>): WireItem => ({
    n: { N: '1' },
    id: { S: 'k' },
    ...more,
  })
  const plain = item({})
  for (const [a, b, expected] of [
    [item({ at: { N: '1' } }), item({ at: { N: '2' } }), true],
    [item({ at: { N: '1' } }), plain, true],
    [plain, item({ 'aws:rep:updatetime': { N: '2' } }), true],
    [item({ at: { N: '1' }, x: { N: '1' } }), item({ at: { N: '2' } }), false],
    [item({ at: { N: '1' } }), item({ x: { N: '2' } }), false],
    [item({ m: { M: { at: { N: '1' } } } }), item({ m: { M: { at: { N: '2' } } } }), false],
  ] as const) {
    t.equal(same(a, b, isIgnored), expected, JSON.stringify([a, b]))
    t.equal(same(b, a, isIgnored), expected)
  }
})

t.test('sameMembers leaves items that are too wide or too deep to digests', async (t) => {
  const wide = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`a${n}`, { N: '1' }]))
  t.notOk(same({ id: { S: 'k' }, ...wide }, { ...wide, id: { S: 'k' } }))
  const deep = (a: string, b: string): string =>
    `${'{"M":{"x":'.repeat(31)}{"M":{${a},${b}}}${'}}'.repeat(31)}`
  const [one, two] = ['"p":{"N":"1"}', '"q":{"N":"2"}']
  const item = (value: string) => `{"id":{"S":"k"},"deep":${value}}`
  t.ok(same(item(deep(one, two)), item(deep(two, one))), 'as deep as DynamoDB allows')
  const deeper = (value: string) => `{"M":{"x":`.repeat(40) + value + '}}'.repeat(40)
  t.notOk(same(item(deeper(deep(one, two))), item(deeper(deep(two, one)))))
})

t.test('sameMembers leaves items with duplicate names to digests', async (t) => {
  for (const [a, b] of [
    [
      '{"id":{"S":"k"},"x":{"N":"1"},"x":{"N":"1"}}',
      '{"id":{"S":"k"},"x":{"N":"1"},"y":{"N":"2"}}',
    ],
    [
      '{"id":{"S":"k"},"m":{"M":{"x":{"N":"1"},"x":{"N":"1"}}}}',
      '{"id":{"S":"k"},"m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}}}',
    ],
    ['{"id":{"S":"k"},"x":{"N":"1"}}', '{"id":{"S":"k"},"x":{"N":"1"},"x":{"N":"2"}}'],
  ] as const) {
    t.notOk(same(a, b))
    t.notOk(same(b, a))
  }
})

/** What bytes alone can decide about items whose attributes are in another order. */

import fc from 'fast-check'
import { compareMembers } from '../../lib/item/bytes/same-members.ts'
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

const verdictOf = (a: WireItem | string, b: WireItem | string, compared = none) =>
  compareMembers(pageOf([a]), 0, pageOf([b]), 0, compared)

const same = (a: WireItem | string, b: WireItem | string, compared = none) =>
  verdictOf(a, b, compared) === 'same'

const withId = (item: WireItem): WireItem => ({ ...item, id: { S: 'k' } })

/** The same item with the members of all its maps in another order. */
function reordered(value: unknown, choose: Choose): unknown {
  if (Array.isArray(value)) return value.map((each) => reordered(each, choose))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    shuffled(Object.entries(value), choose).map(([name, one]) => [name, reordered(one, choose)]),
  )
}

t.test("compareMembers holds for any other order of an item's members", async (t) => {
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

t.test('compareMembers never holds for items that are not equal', async (t) => {
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

t.test('compareMembers is never sure of a difference between equal items', async (t) => {
  let sure = 0
  let differing = 0
  const canonical = (item: WireItem) => canonicalItem(item, none)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyItem, anyItem, anyValue, anyChoices, (item, other, value, choose) => {
        // Odd names are often all that a difference could be seen by, and are never sure.
        const rest = choose(3) === 0 ? item : {}
        const one = withId({ ...rest, a: value, b: { S: 'text' } })
        const two = withId(
          choose(3) === 0
            ? one
            : choose(2) === 0
              ? { ...rest, a: Object.values(other)[0] ?? { BOOL: true }, b: { S: 'text' } }
              : { ...rest, a: value, b: { S: 'other' } },
        )
        const spelt = (item: WireItem) =>
          choose(2) === 0 ? JSON.stringify(item) : respelt(item, choose)
        const verdict = verdictOf(spelt(one), spelt(two))
        const areEqual = canonical(one) === canonical(two)
        if (!areEqual) differing++
        if (verdict === 'different') sure++
        return verdict !== 'different' || !areEqual
      }),
      RUNS,
    ),
  )
  t.ok(sure > differing / 20, `${sure} of ${differing} are sure`)
})

for (const [what, a, b, expected, ignore = ''] of [
  ['another text', '"x":{"S":"a"}', '"x":{"S":"b"}', 'different'],
  ['a longer text', '"x":{"S":"a"}', '"x":{"S":"aa"}', 'different'],
  ['an empty text', '"x":{"S":""}', '"x":{"S":"a"}', 'different'],
  ['another truth', '"x":{"BOOL":true}', '"x":{"BOOL":false}', 'different'],
  ['one more', '"x":{"N":"1"}', '"x":{"N":"1"},"y":{"L":[]}', 'different'],
  ['an escaped text', '"x":{"S":"\\u0061"}', '"x":{"S":"a"}', 'unsure'],
  ['an escaped name', '"\\u0078":{"S":"a"}', '"x":{"S":"b"}', 'unsure'],
  ['a blank', '"x":{"S": "a"}', '"x":{"S":"b"}', 'unsure'],
  ['another type', '"x":{"S":"1"}', '"x":{"N":"1"}', 'unsure'],
  ['a number', '"x":{"N":"1"}', '"x":{"N":"1.0"}', 'unsure'],
  ['a binary', '"x":{"B":"QQ=="}', '"x":{"B":"QR=="}', 'unsure'],
  ['a name that comes twice', '"x":{"S":"a"},"x":{"S":"b"}', '"x":{"S":"b"}', 'unsure'],
  ['names that come twice', '"x":{"S":"a"},"x":{"S":"b"}', '"y":{"N":"1"}', 'different'],
  ['an ignored text', '"x":{"S":"a"}', '"x":{"S":"b"}', 'same', 'x'],
  ['a text of which a part is ignored', '"x":{"S":"a"}', '"x":{"S":"b"}', 'unsure', 'x.y'],
] as const) {
  t.test(`compareMembers judges ${what}: ${expected}`, async (t) => {
    const compared = comparing({ ignore: ignore === '' ? [] : [ignore], only: [] })
    const [one, other] = [a, b].map((members) => `{"id":{"S":"k"},${members}}`)
    t.equal(verdictOf(one as string, other as string, compared), expected)
    t.equal(verdictOf(other as string, one as string, compared), expected)
  })
}

t.test('compareMembers leaves ignored attributes out', async (t) => {
  const compared = comparing({ ignore: ['at'], only: [] })
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
    t.equal(same(a, b, compared), expected, JSON.stringify([a, b]))
    t.equal(same(b, a, compared), expected)
  }
})

t.test('compareMembers leaves items that are too wide or too deep to digests', async (t) => {
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

t.test('compareMembers leaves items with duplicate names to digests', async (t) => {
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

import fc from 'fast-check'
import { type ItemComparer, itemComparer } from '../../lib/item/compare.ts'
import { openDigest } from '../../lib/item/digest.ts'
import { canonicalItem, differingAttributes } from '../../lib/item/normalise.ts'
import { canonicalNumber } from '../../lib/item/number.ts'
import { BY_DEFAULT, comparing, WHOLE } from '../../lib/item/places/compared.ts'
import type { WireItem, WireValue } from '../../lib/model/wire.ts'
import { anyChoices, anyItem, anyNumber, anyValue, respelt } from '../support/arbitrary.ts'
import { pageOf } from '../support/pages.ts'
import { t } from '../support/tap.ts'

const RUNS = { numRuns: 2000 }
const digestOf = await openDigest()

const withId = (item: WireItem): WireItem => ({ ...item, id: { S: 'k' } })

function areEqual(a: WireItem | string, b: WireItem | string, comparer = plainly): boolean {
  return comparer.equal(pageOf([a]), 0, pageOf([b]), 0)
}

const plainly: ItemComparer = itemComparer(digestOf, BY_DEFAULT)

t.test('equal holds for any other spelling of an item', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyItem, anyChoices, (item, choose) =>
        areEqual(withId(item), respelt(withId(item), choose)),
      ),
      RUNS,
    ),
  )
})

t.test('equal fails where a single value differs', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyItem, anyValue, anyValue, (item, one, other) => {
        fc.pre(canonical(one) !== canonical(other))
        return !areEqual({ ...withId(item), a: one }, { ...withId(item), a: other })
      }),
      RUNS,
    ),
  )
})

t.test('equal fails where one side has one more attribute', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyItem, anyValue, (item, value) => {
        fc.pre(!Object.hasOwn(item, 'more'))
        return !areEqual(withId(item), { ...withId(item), more: value })
      }),
      RUNS,
    ),
  )
})

t.test('equal fails where two attributes swap their values', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyItem, anyValue, anyValue, (item, one, other) => {
        fc.pre(canonical(one) !== canonical(other))
        return !areEqual(
          { ...withId(item), a: one, b: other },
          { ...withId(item), a: other, b: one },
        )
      }),
      RUNS,
    ),
  )
})

t.test('equal fails where text moves between neighbours', async (t) => {
  const text = fc.string({ minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(text, text, text, (a, b, moved) => {
      return (
        !areEqual(
          { id: { S: 'k' }, x: { S: a + moved }, y: { S: b } },
          { id: { S: 'k' }, x: { S: a }, y: { S: moved + b } },
        ) &&
        !areEqual(
          { id: { S: 'k' }, l: { L: [{ S: a + moved }, { S: b }] } },
          { id: { S: 'k' }, l: { L: [{ S: a }, { S: moved + b }] } },
        ) &&
        !areEqual(
          { id: { S: 'k' }, [`n${a}${moved}`]: { S: b } },
          { id: { S: 'k' }, [`n${a}`]: { S: moved + b } },
        )
      )
    }),
    RUNS,
  )
  t.pass('the property held')
})

t.test('equal distinguishes types that hold the same text', async (t) => {
  const values: WireValue[] = [
    { S: '1' },
    { N: '1' },
    { B: 'MQ==' },
    { SS: ['1'] },
    { NS: ['1'] },
    { BS: ['MQ=='] },
    { L: [{ S: '1' }] },
    { L: [{ N: '1' }] },
    { L: [] },
    { M: {} },
    { M: { S: { S: '1' } } },
    { BOOL: true },
    { BOOL: false },
    { NULL: true },
    { S: '' },
    { B: '' },
    { S: '0' },
  ]
  for (const [i, one] of values.entries()) {
    for (const [j, other] of values.entries()) {
      const verdict = areEqual({ id: { S: 'k' }, a: one }, { id: { S: 'k' }, a: other })
      t.equal(verdict, i === j, `${JSON.stringify(one)} and ${JSON.stringify(other)}`)
    }
  }
})

t.test('equal keeps the order of lists and ignores that of sets and maps', async (t) => {
  const item = (value: WireValue) => ({ id: { S: 'k' }, a: value })
  t.notOk(areEqual(item({ L: [{ S: 'x' }, { S: 'y' }] }), item({ L: [{ S: 'y' }, { S: 'x' }] })))
  t.ok(areEqual(item({ SS: ['x', 'y'] }), item({ SS: ['y', 'x'] })))
  t.ok(areEqual(item({ NS: ['1', '2.0'] }), item({ NS: ['2', '1e0'] })))
  t.ok(
    areEqual(
      item({ M: { a: { N: '1' }, b: { S: '2' } } }),
      item({ M: { b: { S: '2' }, a: { N: '1.0' } } }),
    ),
  )
})

t.test('equal leaves out ignored attributes and those of old global tables', async (t) => {
  const ignoringA = itemComparer(digestOf, comparing({ ignore: ['a'], only: [] }))
  const one = { id: { S: 'k' }, a: { S: 'x' }, 'aws:rep:updatetime': { N: '1' } }
  const other = { id: { S: 'k' }, a: { S: 'y' }, 'aws:rep:updateregion': { S: 'r' } }
  t.ok(areEqual(one, other, ignoringA))
  t.notOk(areEqual(one, other))
  t.notOk(areEqual({ id: { S: 'k' }, m: { M: { a: { S: 'x' } } } }, { id: { S: 'k' } }, ignoringA))
  t.notOk(
    areEqual(
      { id: { S: 'k' }, m: { M: { a: { S: 'x' } } } },
      { id: { S: 'k' }, m: { M: { a: { S: 'y' } } } },
      ignoringA,
    ),
    'only top-level attributes are ignored',
  )
})

t.test('equal is not fooled by names of Object.prototype', async (t) => {
  const proto = JSON.parse('{"id":{"S":"k"},"__proto__":{"S":"x"}}') as WireItem
  const other = JSON.parse('{"id":{"S":"k"},"__proto__":{"S":"y"}}') as WireItem
  t.notOk(areEqual(proto, other))
  t.notOk(areEqual(proto, { id: { S: 'k' } }))
  t.same(differingAttributes(proto, { id: { S: 'k' } }, BY_DEFAULT), ['__proto__'])
  t.same(differingAttributes({ constructor: { S: 'x' } }, {}, BY_DEFAULT), ['constructor'])
})

t.test('canonicalNumber spells equal values alike and different values differently', async (t) => {
  for (const spelling of ['1', '1.0', '+1', '1E0', '10e-1', '0.1e1', '001.000', '.1e1', '1.'])
    t.equal(canonicalNumber(spelling), '1e0', spelling)
  for (const zero of ['0', '-0', '0.000', '0e5', '00']) t.equal(canonicalNumber(zero), '0', zero)
  t.not(canonicalNumber('9007199254740993'), canonicalNumber('9007199254740992'))
  const nines = '9'.repeat(37)
  t.not(canonicalNumber(`${nines}8`), canonicalNumber(`${nines}9`))
  t.not(canonicalNumber('1e125'), canonicalNumber('1e124'))
  t.equal(canonicalNumber(`1${'0'.repeat(125)}`), canonicalNumber('1e125'))
  t.not(canonicalNumber('-1'), canonicalNumber('1'))
  t.not(canonicalNumber('abc'), canonicalNumber('abd'))
  t.not(canonicalNumber(''), canonicalNumber('0'))
})

t.test('canonicalNumber agrees with exact integers', async (t) => {
  const scale = (text: string) => {
    const [digits = '', power = '0'] = text.split('E')
    return BigInt(digits) * 10n ** BigInt(Number(power) + 40)
  }
  fc.assert(
    fc.property(anyNumber, anyNumber, (a, b) => {
      return (scale(a) === scale(b)) === (canonicalNumber(a) === canonicalNumber(b))
    }),
    RUNS,
  )
  t.pass('the property held')
})

t.test('differingAttributes names exactly the attributes that differ', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyItem, anyItem, (one, other) => {
        const differ = differingAttributes(one, other, BY_DEFAULT)
        return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => {
          const same =
            Object.hasOwn(one, name) &&
            Object.hasOwn(other, name) &&
            canonical(one[name] as WireValue) === canonical(other[name] as WireValue)
          return differ.includes(name) === (!same && !name.startsWith('aws:rep:'))
        })
      }),
      RUNS,
    ),
  )
})

/** What equal means, once more in the plainest way: nested entries, sets and maps sorted. */
function canonical(value: WireValue): string {
  return JSON.stringify(plain(value))
}

function plain(value: WireValue): unknown {
  const [[type, content] = ['', '']] = Object.entries(value)
  switch (type) {
    case 'N':
      return [type, exact(content as string)]
    case 'NS':
      return [type, (content as string[]).map(exact).sort()]
    case 'SS':
    case 'BS':
      return [type, [...(content as string[])].sort()]
    case 'L':
      return [type, (content as WireValue[]).map(plain)]
    case 'M':
      return [
        type,
        Object.entries(content as WireItem)
          .map(([name, member]) => [name, plain(member)])
          .sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1)),
      ]
    default:
      return [type, content]
  }
}

/** Exponents of generated numbers are small enough for an exact integer. */
function exact(text: string): string {
  const [digits = '', power = '0'] = text.split('E')
  return (BigInt(digits) * 10n ** BigInt(Number(power) + 40)).toString()
}

t.test('canonicalItem sorts attributes, however many there are', async (t) => {
  for (const count of [2, 23, 24, 25, 100]) {
    const names = Array.from({ length: count }, (_, at) => `${(at * 7919) % 1009}${'é😀a'[at % 3]}`)
    const text = (some: readonly string[]) =>
      canonicalItem(Object.fromEntries(some.map((name) => [`n${name}`, { NULL: true }])), WHOLE)
    t.equal(text(names), text(names.toReversed()), `${count} attributes`)
    t.equal(text(names), text(names.toSorted()))
  }
})

/** What each rule makes of each type of value, which rule wins, and what no rule lets through. */
import type { WireItem, WireValue } from 'tablesync'
import { maskRulesIn } from '../../lib/masks/mask-rules.ts'
import { isNotMasked, masking } from '../../lib/masks/masked-item.ts'
import { t } from '../support/tap.ts'

const KEY = Buffer.from('a key of enough bytes')

const under = (rules: Readonly<Record<string, unknown>>, item: WireItem, key = KEY) =>
  masking({ rules: maskRulesIn(JSON.stringify({ rules }), 'masks.json'), key }).masked(item)

const one = (rule: unknown, value: WireValue, key = KEY) => {
  const masked = under({ a: rule }, { a: value }, key)
  return isNotMasked(masked) ? masked.why : masked['a']
}

t.test('each rule gives a value of the same type, of its own form', async (t) => {
  t.strictSame(one('keep', { N: '1.0' }), { N: '1.0' })
  t.equal(one('drop', { S: 'x' }), undefined)
  t.match(one('hash', { S: 'x' }), { S: /^[\da-f]{64}$/ })
  t.match(one('hash', { B: 'eA==' }), { B: /^[\w+/]{43}=$/ })
  t.match(one('email', { S: 'ann@company.example' }), { S: /^[\da-f]{24}@example\.invalid$/ })
  t.match(one('name', { S: 'Ann' }), { S: /^[A-Z][a-z]+ [A-Z][a-z]+ [\da-f]{8}$/ })
  t.match(one('digits', { S: '+49 171 1234567' }), { S: /^\d{15}$/ })
  t.strictSame(one('last4', { S: '4111 1111 1111 1234' }), { S: 'xxxxxxxxxxxxxxx1234' })
  t.strictSame(one('last4', { N: '4111111111111234' }), { N: '1234' })
  t.strictSame(one('last4', { N: '-4111111111110034' }), { N: '-34' })
  t.strictSame(one('last4', { N: '4111111111110000' }), { N: '0' })
  t.strictSame(one({ fixed: 'XX' }, { S: 'DE' }), { S: 'XX' })
  t.strictSame(one({ fixed: 1.5 }, { N: '7' }), { N: '1.5' })
  t.strictSame(one({ fixed: false }, { BOOL: true }), { BOOL: false })
  t.match(one('hash', { SS: ['a', 'b'] }), { SS: [/^[\da-f]{64}$/, /^[\da-f]{64}$/] })
  t.match(one('hash', { BS: ['eA==', 'eQ=='] }), { BS: [String, String] })
})

t.test('digits of a number keep its sign, its point and how many there are', async (t) => {
  for (const [text, form] of [
    ['1234567', /^[1-9]\d{5}[1-9]$/],
    ['-12.50', /^-[1-9]\d\.[1-9]$/],
    ['0.0042', /^0\.00[1-9][1-9]$/],
    ['1200', /^[1-9][1-9]00$/],
    ['0', /^[1-9]$/],
    ['1E100', /^[1-9]E100$/],
    ['12345678901234567890123456789012345678', /^[1-9]\d{36}[1-9]$/],
  ] as const) {
    t.match((one('digits', { N: text }) as { N: string }).N, form, text)
  }
  const long = one('digits', { S: 'x'.repeat(1000) }) as { S: string }
  t.match(long.S, /^\d{1000}$/)
  t.notMatch(long.S, /^(\d{50})\1/, 'its parts differ')
})

t.test('equal values are equal wherever they stand, and others differ', async (t) => {
  const rules = { '*': 'hash', 'm.*': 'hash', 'l[*]': 'hash', n: 'digits', s: 'hash', ns: 'digits' }
  const item: WireItem = {
    a: { S: 'x' },
    m: { M: { b: { S: 'x' } } },
    l: { L: [{ S: 'x' }, { S: 'y' }] },
    s: { SS: ['y', 'x'] },
    n: { N: '1.50' },
    ns: { NS: ['1.5', '1E3'] },
    b: { B: 'eA==' },
  }
  const masked = under(rules, item) as WireItem
  const x = (masked['a'] as { S: string }).S
  const list = masked['l'] as { L: { S: string }[] }
  t.strictSame(masked['m'], { M: { b: { S: x } } })
  t.equal(list.L[0]?.S, x)
  t.not(list.L[1]?.S, x)
  t.strictSame(masked['s'], { SS: [list.L[1]?.S, x] })
  t.equal((masked['ns'] as { NS: string[] }).NS[0], (masked['n'] as { N: string }).N)
  const bytes = Buffer.from((masked['b'] as { B: string }).B, 'base64').toString('hex')
  t.not(bytes, x, 'bytes are no text')
  t.strictSame(under(rules, item), masked)
  t.notSame(under(rules, item, Buffer.from('another key of 22 bytes')), masked)
})

t.test('the most specific rule wins', async (t) => {
  const item: WireItem = {
    profile: { M: { name: { S: 'Ann' }, age: { N: '7' }, tags: { L: [{ S: 'a' }, { S: 'b' }] } } },
    other: { S: 'x' },
    empty: { M: {} },
  }
  t.strictSame(under({ '*': 'keep' }, item), item)
  t.strictSame(under({ '*': 'drop' }, item), {})
  t.strictSame(under({ '*': 'drop', 'profile.age': 'keep' }, item), {
    profile: { M: { age: { N: '7' } } },
  })
  t.strictSame(under({ '*': 'drop', 'profile.tags[1]': 'keep', 'profile.tags[*]': 'drop' }, item), {
    profile: { M: { tags: { L: [{ S: 'b' }] } } },
  })
  t.strictSame(
    under({ '*': 'keep', profile: 'drop', 'profile.*': 'keep', 'profile.age': { fixed: 1 } }, item),
    { ...item, profile: { M: { ...(item['profile'] as { M: WireItem }).M, age: { N: '1' } } } },
  )
  t.match(under({ '*': 'keep', 'profile.name': 'name' }, item), {
    profile: { M: { name: { S: / / }, age: { N: '7' } } },
  })
  t.strictSame(
    under({ 'a.*': { fixed: 'near' }, '*.b': { fixed: 'far' } }, { a: { M: { b: { S: 'x' } } } }),
    { a: { M: { b: { S: 'near' } } } },
    'an exact name earlier in the path wins',
  )
  t.strictSame(under({ '*': 'drop', 'profile.street': 'keep' }, item), {}, 'nothing is left of it')
})

t.test('what no rule covers, or its rule does not take, leaves no item', async (t) => {
  const why = (rules: Readonly<Record<string, unknown>>, item: WireItem) =>
    (under(rules, item) as { why?: string }).why
  t.equal(
    why({ a: 'keep' }, { a: { S: 'x' }, b: { S: 'secret' } }),
    'b: no rule covers this value of type S',
  )
  t.equal(
    why({ 'p.name': 'name' }, { p: { M: { name: { S: 'x' }, age: { N: '7' } } } }),
    'p.age: no rule covers this value of type N',
  )
  t.equal(why({ 'p.name': 'name' }, { p: { L: [] } }), 'p: no rule covers this value of type L')
  t.equal(
    why({ 'p[*].id': 'hash' }, { p: { L: [{ S: 'x' }] } }),
    'p[0]: no rule covers this value of type S',
  )
  t.match(
    why({ a: 'hash' }, { a: { M: { b: { S: 'x' } } } }),
    /^a: hash takes no value of type M; /,
  )
  t.equal(why({ '"a b"': 'email' }, { 'a b': { N: '7' } }), '"a b": email takes no value of type N')
  for (const [rule, value, expected] of [
    ['hash', { N: '7' }, /hash takes no value of type N; digits does/],
    ['hash', { BOOL: true }, /hash takes no value of type BOOL/],
    ['hash', { NULL: true }, /hash takes no value of type NULL/],
    ['digits', { B: 'eA==' }, /type B/],
    ['digits', { S: '' }, /too short/],
    ['email', { B: 'eA==' }, /type B/],
    ['name', { NS: ['1'] }, /type N/],
    ['last4', { S: '12345678' }, /too short/],
    ['last4', { N: '12345678' }, /too short/],
    ['last4', { N: '123456789.5' }, /whole numbers/],
    [{ fixed: 'x' }, { N: '7' }, /fixed takes no value of type N/],
    [{ fixed: 1 }, { S: 'x' }, /fixed takes no value of type S/],
    [{ fixed: true }, { S: 'x' }, /fixed takes no value of type S/],
    [{ fixed: 'x' }, { SS: ['a', 'b'] }, /two members of a set become one/],
    ['last4', { SS: ['000001234', '111111234'] }, /two members of a set become one/],
    ['keep', { NEW: 'x' }, /no rule takes a value of type NEW/],
  ] as const) {
    t.match(one(rule, value as unknown as WireValue), expected, JSON.stringify([rule, value]))
  }
})

t.test('a masks file that is none is refused, with what may be meant', async (t) => {
  const refusal = (text: string) => {
    try {
      maskRulesIn(text, 'm.json')
    } catch (error) {
      const { message, hint } = error as { message: string; hint: string }
      return `${message}\n${hint}`
    }
    return 'none'
  }
  const rule = (path: string, given: unknown) =>
    refusal(JSON.stringify({ rules: { [path]: given } }))
  t.match(refusal('{'), 'Expected m.json to be JSON like')
  t.match(refusal('{"rules":{}}'), 'Expected m.json to be JSON like')
  t.match(refusal('{"rules":{"a":"keep"},"key":"x"}'), 'Expected m.json to be JSON like')
  t.match(rule('a', 'emial'), /Expected a rule for a, got "emial"\nIs "email" meant\?/)
  t.match(rule('a', 'encrypt'), /The rules are keep, drop/)
  t.match(rule('a', { fixed: { S: 'x' } }), 'got something else')
  t.match(rule('a', { fixed: 2 ** 60 }), 'got something else', 'it is not what stands there')
  t.match(rule('a..b', 'keep'), /Expected a path like .*, got "a\.\.b"/)
  t.match(rule('a b', 'keep'), /Is the name "a b" meant\? In the file, write "\\"a b\\""/)
  t.match(
    refusal('{"rules":{"a":"keep","\\"a\\"":"drop"}}'),
    'Expected one rule for each path, got two for a',
  )
})

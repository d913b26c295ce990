/** A key that somebody gives, converted to a key of the table. */

import type { KeySchema } from '../../lib/model/tables/table.ts'
import { keyTextOfGiven } from '../../lib/selection/key-text.ts'
import { t } from '../support/tap.ts'

const TEXT: KeySchema = [{ name: 'id', type: 'S' }]
const NUMBER: KeySchema = [{ name: 'id', type: 'N' }]
const BINARY: KeySchema = [{ name: 'id', type: 'B' }]
const BOTH: KeySchema = [
  { name: 'id', type: 'S' },
  { name: 'at', type: 'N' },
]

for (const { given, schema, text } of [
  { given: { id: 'a' }, schema: TEXT, text: '{"id":{"S":"a"}}' },
  { given: { id: { S: 'a' } }, schema: TEXT, text: '{"id":{"S":"a"}}' },
  { given: { id: '7' }, schema: TEXT, text: '{"id":{"S":"7"}}' },
  { given: { id: 7 }, schema: NUMBER, text: '{"id":{"N":"7"}}' },
  { given: { id: -7.5 }, schema: NUMBER, text: '{"id":{"N":"-7.5"}}' },
  { given: { id: 0 }, schema: NUMBER, text: '{"id":{"N":"0"}}' },
  { given: { id: '007' }, schema: NUMBER, text: '{"id":{"N":"007"}}' },
  { given: { id: { N: '7' } }, schema: NUMBER, text: '{"id":{"N":"7"}}' },
  {
    given: { id: '12345678901234567890123456789012345678' },
    schema: NUMBER,
    text: '{"id":{"N":"12345678901234567890123456789012345678"}}',
  },
  { given: { id: 9_007_199_254_740_991 }, schema: NUMBER, text: '{"id":{"N":"9007199254740991"}}' },
  { given: { id: 'AQI=' }, schema: BINARY, text: '{"id":{"B":"AQI="}}' },
  { given: { id: { B: 'AQI=' } }, schema: BINARY, text: '{"id":{"B":"AQI="}}' },
  { given: { at: 7, id: 'a' }, schema: BOTH, text: '{"id":{"S":"a"},"at":{"N":"7"}}' },
  { given: { id: { S: 'a' }, at: 7 }, schema: BOTH, text: '{"id":{"S":"a"},"at":{"N":"7"}}' },
  { given: { id: 'a\n"' }, schema: TEXT, text: JSON.stringify({ id: { S: 'a\n"' } }) },
]) {
  t.test(`keyTextOfGiven turns ${JSON.stringify(given)} into ${text}`, async (t) => {
    t.equal(keyTextOfGiven(given, schema, 'the key'), text)
  })
}

for (const { what, given, schema, said } of [
  { what: 'no attribute', given: {}, schema: TEXT, said: /exactly id \(S\), got none/ },
  {
    what: 'another attribute',
    given: { key: 'a' },
    schema: TEXT,
    said: /exactly id \(S\), got key/,
  },
  {
    what: 'one attribute too many',
    given: { id: 'a', at: 7 },
    schema: TEXT,
    said: /exactly id \(S\)/,
  },
  {
    what: 'one attribute too few',
    given: { id: 'a' },
    schema: BOTH,
    said: /exactly id \(S\), at \(N\)/,
  },
  {
    what: 'DynamoDB JSON of another type',
    given: { id: { N: '7' } },
    schema: TEXT,
    said: /`id`.* type S, got \{"N":"7"\}/,
  },
  { what: 'a number for text', given: { id: 7 }, schema: TEXT, said: /`id`.* type S, got 7/ },
  { what: 'a number for binary', given: { id: 7 }, schema: BINARY, said: /type B/ },
  { what: 'a number that has lost digits', given: { id: 2 ** 53 }, schema: NUMBER, said: /type N/ },
  {
    what: 'DynamoDB JSON with a bare number',
    given: { id: { N: 7 } },
    schema: NUMBER,
    said: /type N/,
  },
  { what: 'empty text', given: { id: '' }, schema: TEXT, said: /type S/ },
  { what: 'null', given: { id: null }, schema: TEXT, said: /got null/ },
  { what: 'two types at once', given: { id: { S: 'a', N: '7' } }, schema: TEXT, said: /type S/ },
  {
    what: 'text for a number',
    given: { id: 'seven' },
    schema: NUMBER,
    said: /type N, got "seven"/,
  },
  {
    what: 'DynamoDB JSON with text for a number',
    given: { id: { N: 'seven' } },
    schema: NUMBER,
    said: /type N/,
  },
  {
    what: 'text that is no base64 for binary',
    given: { id: '***' },
    schema: BINARY,
    said: /type B, got "\*\*\*"/,
  },
]) {
  t.test(`keyTextOfGiven refuses ${what}`, async (t) => {
    t.throws(() => keyTextOfGiven(given, schema, 'the key'), { code: 'USAGE', message: said })
  })
}

t.test('keyTextOfGiven says how to write a number with too many digits', async (t) => {
  t.throws(() => keyTextOfGiven({ id: 2 ** 60 }, NUMBER, 'the key'), {
    message: /type N/,
    hint: /Quote numbers/,
  })
})

t.test('keyTextOfGiven refuses values that JSON cannot express', async (t) => {
  const schema = [{ name: 'id', type: 'N' }] as const
  t.throws(() => keyTextOfGiven({ id: 5n }, schema, 'the key'), {
    code: 'USAGE',
    message: /got 5n/,
  })
  t.throws(() => keyTextOfGiven({ id: 5n, x: 1 }, schema, 'the key'), {
    code: 'USAGE',
    message: /exactly/,
  })
})

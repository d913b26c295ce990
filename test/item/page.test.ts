import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readBatchGetPage } from '../../lib/item/bytes/batch-answers.ts'
import { ownBody } from '../../lib/item/bytes/response-body.ts'
import { readScanPage } from '../../lib/item/bytes/scan-answer.ts'
import { parseItem } from '../../lib/item/compare.ts'
import { canonicalKeyOf, canonicalKeyOfText, keyTextOf, sameKeyBytes } from '../../lib/item/key.ts'
import { keyNames } from '../../lib/item/page.ts'
import type { KeySchema, KeyType } from '../../lib/model/tables/table.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import {
  anyBinary,
  anyChoices,
  anyItem,
  anyName,
  anyNumber,
  anyText,
  respelt,
  shuffled,
} from '../support/arbitrary.ts'
import { pageOf } from '../support/pages.ts'
import { t } from '../support/tap.ts'

const RUNS = { numRuns: 1000 }

const anyKeyName = fc.oneof(anyName, fc.constantFrom('id', 'Items', 'a\\b', 'a"b', '\b', 'é'))

const keyValue: { [type in KeyType]: fc.Arbitrary<WireItem[string]> } = {
  S: fc.record({ S: anyText.filter((text) => text !== '') }),
  N: fc.record({ N: anyNumber }),
  B: fc.record({ B: anyBinary.filter((text) => text !== '') }),
}

/** A key schema with items that have the key. */
const anyTable = fc
  .record({
    names: fc.uniqueArray(anyKeyName, { minLength: 2, maxLength: 2 }),
    types: fc.tuple(fc.constantFrom('S', 'N', 'B'), fc.constantFrom('S', 'N', 'B')),
    hasSort: fc.boolean(),
  })
  .chain(({ names, types, hasSort }) => {
    const partition = { name: names[0] as string, type: types[0] as KeyType }
    const sort = { name: names[1] as string, type: types[1] as KeyType }
    const schema: KeySchema = hasSort ? [partition, sort] : [partition]
    const items = fc.array(
      fc
        .tuple(anyItem, keyValue[partition.type], keyValue[sort.type])
        .map(([item, hash, range]) => ({ ...item, [partition.name]: hash, [sort.name]: range })),
      { maxLength: 5 },
    )
    return items.map((made) => ({ schema, items: made as WireItem[] }))
  })

t.test('readScanPage finds every item and its key in any legal layout', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyTable, anyChoices, ({ schema, items }, choose) => {
        const texts = items.map((item) => respelt(item, choose))
        const isCompact = choose(2) === 0
        const fields = [
          isCompact ? `"Items":[${texts.join(',')}]` : `"Items" : [ ${texts.join(' ,\n ')} ]`,
          `"Count":${items.length}`,
          '"Nested":{"Items":[{"x":1}],"LastEvaluatedKey":{"y":[]}}',
          '"Text":"\\"Items\\":[{}]"',
          '"LastEvaluatedKey":{"id" : {"S":"z"}}',
          '"ConsumedCapacity":{"CapacityUnits":12.5}',
          '"Nothing":null , "Number":-1.5e+3',
          '"More":[{"LastEvaluatedKey":[]},{}]',
        ].filter((field) => !field.startsWith('"More"') || choose(2) === 0)
        const order = choose(2) === 0 ? shuffled(fields, choose) : fields
        const text = order.join(isCompact ? ',' : ' , ')
        const page = readScanPage(ownBody(Buffer.from(` {${text}}\n`)), keyNames(schema))
        assert.equal(page.count, items.length)
        assert.equal(page.readUnits, 12.5)
        assert.equal(page.lastEvaluatedKey, '{"id" : {"S":"z"}}')
        for (const [index, item] of items.entries()) {
          const names = schema.map(({ name }) => name)
          const key = Object.fromEntries(names.map((name) => [name, item[name]]))
          const asked = JSON.parse(keyTextOf(page, index, schema)) as WireItem
          assert.deepEqual(Object.keys(asked).sort(), names.sort())
          const plainKey = canonicalKeyOfText(JSON.stringify(key), schema)
          assert.equal(canonicalKeyOf(page, index, schema), plainKey, 'the key in one spelling')
          assert.deepEqual(Object.keys(parseItem(page, index)).sort(), Object.keys(item).sort())
        }
      }),
      RUNS,
    ),
  )
})

t.test('canonicalKeyOf is the same for equal keys, and for no others', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyTable, anyChoices, ({ schema, items }, choose) => {
        const page = pageOf(
          items.map((item) => respelt(item, choose)),
          schema,
        )
        return items.every((one, i) =>
          items.every((other, j) => {
            const same = canonicalKeyOf(page, i, schema) === canonicalKeyOf(page, j, schema)
            if (sameKeyBytes(page, i, page, j) && !same) return false
            return (
              same === schema.every(({ name, type }) => sameKeyValue(one[name], other[name], type))
            )
          }),
        )
      }),
      RUNS,
    ),
  )
})

t.test('canonicalKeyOf does not let bytes move between partition and sort key', async (t) => {
  const schema: KeySchema = [
    { name: 'p', type: 'S' },
    { name: 's', type: 'S' },
  ]
  const page = pageOf(
    [
      { p: { S: 'ab' }, s: { S: 'c' } },
      { p: { S: 'a' }, s: { S: 'bc' } },
      { p: { S: 'aS' }, s: { S: 'b' } },
      { p: { S: 'a' }, s: { S: 'Sb' } },
    ],
    schema,
  )
  const keys = [0, 1, 2, 3].map((item) => canonicalKeyOf(page, item, schema))
  t.equal(new Set(keys).size, 4)
})

t.test('readScanPage refuses text that is no Scan response', async (t) => {
  const names = keyNames([{ name: 'id', type: 'S' }])
  for (const text of [
    '',
    '<html>',
    '[]',
    '{"Items":{}}',
    '{"Items":[{"id":{"S":"a"}}',
    '{"Items":[{"id":{"S":"a"}},]}',
    '{"Items":["id"]}',
    '{"Items":[{"other":{"S":"a"}}]}',
    '{"Items":[{"id":{"S":"a}}]}',
    '{"Items" [{"id":{"S":"a"}}]}',
  ]) {
    t.throws(() => readScanPage(ownBody(Buffer.from(text)), names), { code: 'BAD_RESPONSE' }, text)
  }
})

t.test('readBatchGetPage reads items, unprocessed keys and units', async (t) => {
  const answer = JSON.stringify({
    UnprocessedKeys: {
      T: { ConsistentRead: true, Keys: [{ id: { S: 'x' } }, { id: { S: 'y' } }] },
    },
    ConsumedCapacity: [{ TableName: 'T', CapacityUnits: 3 }],
    Responses: { T: [{ id: { S: 'a' }, Keys: { L: [] } }] },
  })
  const page = readBatchGetPage(ownBody(Buffer.from(answer)), keyNames([{ name: 'id', type: 'S' }]))
  t.equal(page.count, 1)
  t.same(page.unprocessed, ['{"id":{"S":"x"}}', '{"id":{"S":"y"}}'])
  t.equal(page.readUnits, 3)
})

function sameKeyValue(one: unknown, other: unknown, type: KeyType): boolean {
  const a = (one as Record<string, string>)[type] as string
  const b = (other as Record<string, string>)[type] as string
  if (type !== 'N') return a === b
  const exact = (text: string) => {
    const [digits = '', power = '0'] = text.split('E')
    return BigInt(digits) * 10n ** BigInt(Number(power) + 40)
  }
  return exact(a) === exact(b)
}

/** Stretches of equal bytes in two pages, and pages that need not be walked for them. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { alikeFrom } from '../../lib/item/bytes/alike.ts'
import { ownBody } from '../../lib/item/bytes/response-body.ts'
import { readScanPage, type ScanPage } from '../../lib/item/bytes/scan-answer.ts'
import { itemText } from '../../lib/item/compare.ts'
import { isPlain, itemEnd, itemStart, keyNames, type PlainPage } from '../../lib/item/page.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import { anyItem, anyText } from '../support/arbitrary.ts'
import { ID_KEY } from '../support/pages.ts'
import { t } from '../support/tap.ts'

const NAMES = keyNames(ID_KEY)

const answerOf = (texts: readonly string[], count = texts.length, last = '') =>
  `{"ConsumedCapacity":{"CapacityUnits":1,"TableName":"T"},"Count":${count},"Items":[${texts.join(',')}]${last},"ScannedCount":${count}}`

const pageOf = (texts: readonly string[], last?: string): ScanPage =>
  readScanPage(ownBody(Buffer.from(answerOf(texts, texts.length, last))), NAMES)

const plain = (page: ScanPage): PlainPage => {
  if (isPlain(page)) return page
  throw new Error('a page that was read step by step')
}

/** The item at an index, on a page that nobody has walked. */
const placeOf = (page: PlainPage, texts: readonly string[], item: number) => ({
  ...{ page, item, end: page.extent.end },
  at: page.extent.start + Buffer.byteLength(texts.slice(0, item).join()) + Math.min(item, 1),
})

const anyTexts = fc
  .array(anyItem, { minLength: 1, maxLength: 6 })
  .map((items) => items.map((item, id) => JSON.stringify({ id: { S: `${id}` }, ...item })))

t.test('alikeFrom finds as many items as are the same', async (t) => {
  let found = 0
  const tables = fc.record({
    texts: anyTexts,
    aFrom: fc.nat(5),
    bFrom: fc.nat(5),
    aMore: fc.nat(2),
    bMore: fc.nat(2),
    change: fc.option(fc.nat(8)),
  })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(tables, ({ texts, aFrom, bFrom, aMore, bMore, change }) => {
        const before = (count: number) => texts.slice(0, count).toReversed()
        const more = (count: number) => texts.slice(0, count)
        const changed = texts.map((text, at) => (at === change ? text.replace('{', '{ ') : text))
        const a = [...before(aFrom), ...texts, ...more(aMore)]
        const b = [...before(bFrom), ...changed, ...more(bMore)]
        const [aPage, bPage] = [pageOf(a), pageOf(b)]
        // Others have been walked, and are compared by the kernel.
        fc.pre(isPlain(aPage) && isPlain(bPage))
        const [i, j] = [Math.min(aFrom, texts.length), Math.min(bFrom, texts.length)]
        if (i === a.length || j === b.length) return
        const alike = alikeFrom(placeOf(plain(aPage), a, i), placeOf(plain(bPage), b, j))
        let same = 0
        while (i + same < a.length && j + same < b.length && a[i + same] === b[j + same]) same++
        assert.equal(alike.count, same)
        if (same > 0) found++
        for (const [page, item, next] of [
          [plain(aPage), i + same, alike.a],
          [plain(bPage), j + same, alike.b],
        ] as const) {
          assert.equal(next, item < page.count ? itemStart(page, item) : page.extent.end)
        }
      }),
      { numRuns: 4000 },
    ),
  )
  t.ok(found > 200, `${found} stretches were alike`)
})

t.test('readScanPage leaves the items of a plain answer unread, whatever they hold', async (t) => {
  const item: WireItem = { id: { S: 'a' } }
  const key = `,"LastEvaluatedKey":${JSON.stringify(item)}`
  const garbage = pageOf([JSON.stringify(item), '{"id"}'], key)
  t.equal(garbage.count, 2)
  t.throws(() => garbage.spans, { code: 'BAD_RESPONSE' })
  const wide = fc.tuple(anyTexts, anyText)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(wide, ([texts, key]) => {
        const last = JSON.stringify({ id: { S: `]${key}],"Count":1}` } })
        const page = pageOf(texts, `,"LastEvaluatedKey":${last}`)
        assert.ok(isPlain(page))
        assert.equal(page.lastEvaluatedKey, last)
        assert.deepEqual(
          texts.map((_, at) => itemText(page, at)),
          texts,
        )
      }),
    ),
  )
})

t.test('readScanPage refuses a number of items other than the answer says', async (t) => {
  const read = (last: string) =>
    readScanPage(ownBody(Buffer.from(answerOf(['{"id":{"S":"a"}}'], 2, last))), NAMES)
  const error = { code: 'BAD_RESPONSE', message: /the 2 items .* got 1/ }
  const page = read(',"LastEvaluatedKey":{"id":{"S":"a"}}')
  t.throws(() => page.spans, error)
  t.throws(() => read(''), error, 'the last page is counted at once')
})

const ITEM = '{"id":{"S":"a"}}'

t.test('readScanPage walks a page whose frame might be misread', async (t) => {
  const key = '{"id":{"S":"k"}}'
  const read = (text: string) => readScanPage(ownBody(Buffer.from(text)), NAMES)
  for (const [what, text, lastEvaluatedKey] of [
    [
      'a blank before the comma, and a list behind it',
      `{"Count":1,"Items":[${ITEM}] ,"LastEvaluatedKey":${key},"Future":["x"]}`,
      key,
    ],
    [
      'the name of the last key escaped, and a list behind it',
      `{"Count":1,"Items":[${ITEM}],"L\\u0061stEvaluatedKey":${key},"Future":[]}`,
      key,
    ],
  ] as const) {
    const page = read(text)
    t.equal(isPlain(page), false, what)
    t.equal(page.count, 1, what)
    t.equal(page.lastEvaluatedKey, lastEvaluatedKey, what)
  }
})

t.test('readScanPage takes no attribute for the last key', async (t) => {
  const named = '{"id":{"S":"a"},"LastEvaluatedKey":{"S":"x"},"ConsumedCapacity":{"L":[{"N":"1"}]}}'
  const text = `{"Count":1,"Items":[${named}]}`
  const page = readScanPage(ownBody(Buffer.from(text)), NAMES)
  t.ok(isPlain(page))
  t.equal(page.lastEvaluatedKey, undefined)
  t.equal(itemText(page, 0), named)
})

t.test('readScanPage refuses a count that does not match the items', async (t) => {
  const key = '{"id":{"S":"k"}}'
  for (const count of ['0', '-1', '0.5', '2', '"1"', '{}']) {
    for (const more of ['', `,"LastEvaluatedKey":${key},"ConsumedCapacity":{"CapacityUnits":1}`]) {
      const text = `{"Count":${count},"Items":[${ITEM}]${more}}`
      const read = () => readScanPage(ownBody(Buffer.from(text)), NAMES).spans
      t.throws(read, { code: 'BAD_RESPONSE' }, text)
    }
  }
})

t.test('readScanPage refuses a list of items that comes twice', async (t) => {
  const capacity = '"ConsumedCapacity":{"CapacityUnits":1}'
  for (const count of [1, 2]) {
    const lists = `"Items":[${ITEM}],"Items":[${ITEM}]`
    const text = `{"LastEvaluatedKey":{"id":{"S":"k"}},${capacity},"Count":${count},${lists}}`
    const read = () => readScanPage(ownBody(Buffer.from(text)), NAMES).spans
    t.throws(read, { code: 'BAD_RESPONSE', message: /one Items/ }, text)
  }
})

t.test('readScanPage checks at once a page without a checksum', async (t) => {
  const read = (text: string) => readScanPage(ownBody(Buffer.from(text), false), NAMES)
  t.equal(plain(read(answerOf([ITEM]))).isWalked, false)
  t.throws(() => read(answerOf(['{"ix":{"S":"a"}}'])), { code: 'BAD_RESPONSE' })
  t.throws(() => read(answerOf([ITEM], 2)), { code: 'BAD_RESPONSE' })
})

t.test('readScanPage refuses a name that is garbled, without a checksum', async (t) => {
  const key = ',"LastEvaluatedKey":{"id":{"S":"a"}}'
  const text = answerOf([ITEM], 1, key)
  const read = (garbled: string, isVerified: boolean) =>
    readScanPage(ownBody(Buffer.from(garbled), isVerified), NAMES)
  for (const name of ['LastEvaluatedKey', 'Count', 'ScannedCount', 'ConsumedCapacity', 'Items']) {
    const garbled = text.replace(`"${name}"`, `"${name.slice(0, -1)}~"`)
    t.throws(() => read(garbled, false), { code: 'BAD_RESPONSE' }, name)
  }
  const more = text.replace('"Count"', '"Future":[],"Other":{"x":1},"Count"')
  t.equal(read(more, false).count, 1, 'other members may come with later versions')
})

t.test('readScanPage finds the items of an answer with another list behind them', async (t) => {
  const other = '{"id":{"S":"b"}}'
  const read = (items: string) =>
    readScanPage(
      ownBody(
        Buffer.from(
          `{"ConsumedCapacity":{"CapacityUnits":1},"Count":2,"Items":[${items}],"Future":[${ITEM},[1,2]],"LastEvaluatedKey":${other}}`,
        ),
      ),
      NAMES,
    )
  const texts = [ITEM, other]
  const [a, b] = [plain(read(texts.join())), plain(read(texts.join()))]
  t.equal(alikeFrom(placeOf(a, texts, 0), placeOf(b, texts, 0)).count, 2)
  t.equal(itemText(a, 1), other)
  t.equal(a.bytes[a.extent.end], 0x5d)
  t.equal(a.extent.end, itemEnd(a, 1))
  t.throws(() => read(ITEM).spans, { code: 'BAD_RESPONSE', message: /the 2 items .* got 1/ })
})

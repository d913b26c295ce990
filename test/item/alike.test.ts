/** Stretches of equal bytes in two pages, and pages that need not be walked for them. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { alikeToEnd, type Place } from '../../lib/item/bytes/alike.ts'
import { ownBody } from '../../lib/item/bytes/response-body.ts'
import { readScanPage, type ScanPage } from '../../lib/item/bytes/scan-answer.ts'
import { itemText } from '../../lib/item/compare.ts'
import { itemEnd, itemStart, keyNames } from '../../lib/item/page.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import { anyItem, anyText } from '../support/arbitrary.ts'
import { ID_KEY } from '../support/pages.ts'
import { t } from '../support/tap.ts'

const NAMES = keyNames(ID_KEY)

const answerOf = (texts: readonly string[], count = texts.length, last = '') =>
  `{"ConsumedCapacity":{"CapacityUnits":1,"TableName":"T"},"Count":${count},"Items":[${texts.join(',')}]${last},"ScannedCount":${count}}`

const pageOf = (texts: readonly string[], last?: string): ScanPage =>
  readScanPage(ownBody(Buffer.from(answerOf(texts, texts.length, last))), NAMES)

const framed = (page: ScanPage) => page as Place['page']

const anyTexts = fc
  .array(anyItem, { minLength: 1, maxLength: 6 })
  .map((items) => items.map((item, id) => JSON.stringify({ id: { S: `${id}` }, ...item })))

t.test('alikeToEnd finds a stretch exactly where all items to the end are the same', async (t) => {
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
        const aPage = pageOf(a)
        const bPage = pageOf(b)
        // alikeToEnd is never called for other pages.
        fc.pre(aPage.extent !== undefined && bPage.extent !== undefined)
        const [i, j] = [Math.min(aFrom, texts.length), Math.min(bFrom, texts.length)]
        const alike = alikeToEnd(
          { page: framed(aPage), item: i, at: itemStart(aPage, i) },
          { page: framed(bPage), item: j, at: itemStart(bPage, j) },
        )
        const count = Math.min(a.length - i, b.length - j)
        const areSame = a.slice(i, i + count).every((text, at) => text === b[j + at])
        assert.equal(alike?.count, areSame ? count : undefined)
        if (alike === undefined) return
        found++
        for (const [page, item, next] of [
          [aPage, i + count, alike.a],
          [bPage, j + count, alike.b],
        ] as const) {
          assert.equal(next, item < page.count ? itemStart(page, item) : page.extent?.end)
        }
      }),
      { numRuns: 2000 },
    ),
  )
  t.ok(found > 200, `${found} stretches were alike`)
})

t.test('readScanPage leaves the items of a plain answer unread, whatever they hold', async (t) => {
  const item: WireItem = { id: { S: 'a' } }
  const garbage = pageOf([JSON.stringify(item), '{"id"}'])
  t.equal(garbage.count, 2)
  t.throws(() => garbage.spans, { code: 'BAD_RESPONSE' })
  const wide = fc.tuple(anyTexts, anyText)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(wide, ([texts, key]) => {
        const last = JSON.stringify({ id: { S: `]${key}],"Count":1}` } })
        const page = pageOf(texts, `,"LastEvaluatedKey":${last}`)
        assert.notEqual(page.extent, undefined)
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
  const page = readScanPage(ownBody(Buffer.from(answerOf(['{"id":{"S":"a"}}'], 2))), NAMES)
  t.throws(() => page.spans, { code: 'BAD_RESPONSE', message: /the 2 items .* got 1/ })
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
    [
      'an attribute named LastEvaluatedKey',
      `{"Count":1,"Items":[{"id":{"S":"a"},"LastEvaluatedKey":{"S":"x"}}]}`,
      undefined,
    ],
  ] as const) {
    const page = read(text)
    t.equal(page.extent, undefined, what)
    t.equal(page.count, 1, what)
    t.equal(page.lastEvaluatedKey, lastEvaluatedKey, what)
  }
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

t.test('alikeToEnd does not take a page that was cut within an item for ended', async (t) => {
  const last = '{"id":{"S":"b"},"l":{"L":[{"S":"x"}]}}'
  const whole = pageOf([ITEM, last])
  const text = answerOf([ITEM, last])
  const cut = readScanPage(ownBody(Buffer.from(text.slice(0, text.indexOf(']}}],') + 2))), NAMES)
  const at = whole.extent?.start as number
  const places = [whole, cut].map((page) => ({ page: framed(page), item: 0, at }))
  t.equal(alikeToEnd(places[0] as Place, places[1] as Place), undefined)
  t.equal(alikeToEnd(places[1] as Place, places[0] as Place), undefined)
  t.throws(() => cut.spans, { code: 'BAD_RESPONSE' })
})

t.test('readScanPage walks at once a page without a checksum', async (t) => {
  const read = (text: string) => readScanPage(ownBody(Buffer.from(text), false), NAMES)
  t.equal(read(answerOf([ITEM])).extent, undefined)
  t.throws(() => read(answerOf(['{"ix":{"S":"a"}}'])), { code: 'BAD_RESPONSE' })
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
  const [a, b] = [read(`${ITEM},${other}`), read(`${ITEM},${other}`)]
  const place = (page: ScanPage) => ({ page: framed(page), item: 0, at: page.extent?.start ?? 0 })
  t.equal(alikeToEnd(place(a), place(b))?.count, 2)
  t.equal(itemText(a, 1), other)
  t.equal(a.bytes[a.extent?.end ?? 0], 0x5d)
  t.equal(a.extent?.end, itemEnd(a, 1))
  t.throws(() => read(ITEM).spans, { code: 'BAD_RESPONSE', message: /the 2 items .* got 1/ })
})

/** Stretches of two pages that are the same bytes, and pages that are not walked for them. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { alikeToEnd, type Place } from '../../lib/item/alike.ts'
import { ownBody } from '../../lib/item/body.ts'
import { itemText } from '../../lib/item/compare.ts'
import { itemStart, keyNames } from '../../lib/item/page.ts'
import { readScanPage, type ScanPage } from '../../lib/item/responses.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import { anyItem, anyText } from '../support/arbitrary.ts'
import { ID_KEY } from '../support/pages.ts'

const NAMES = keyNames(ID_KEY)

const answerOf = (texts: readonly string[], count = texts.length, last = '') =>
  `{"ConsumedCapacity":{"CapacityUnits":1,"TableName":"T"},"Count":${count},"Items":[${texts.join(',')}]${last},"ScannedCount":${count}}`

const pageOf = (texts: readonly string[], last?: string): ScanPage =>
  readScanPage(ownBody(Buffer.from(answerOf(texts, texts.length, last))), NAMES)

const framed = (page: ScanPage) => page as Place['page']

const anyTexts = fc
  .array(anyItem, { minLength: 1, maxLength: 6 })
  .map((items) => items.map((item, id) => JSON.stringify({ id: { S: `${id}` }, ...item })))

t.test('alikeToEnd goes as far as all items are the same, and no further', async (t) => {
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

t.test('readScanPage leaves the items of a plain answer unread, whatever is in them', async (t) => {
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

t.test('readScanPage refuses items that are not as many as the answer says', async (t) => {
  const page = readScanPage(ownBody(Buffer.from(answerOf(['{"id":{"S":"a"}}'], 2))), NAMES)
  t.throws(() => page.spans, { code: 'BAD_RESPONSE', message: /the 2 items .* got 1/ })
})

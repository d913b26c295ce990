import { ownBody } from '../../lib/item/bytes/response-body.ts'
import { readScanPage } from '../../lib/item/bytes/scan-answer.ts'
import { itemText } from '../../lib/item/compare.ts'
import { keyNames } from '../../lib/item/page.ts'
import { Alignment } from '../../workers/compare/alignment.ts'
import { ID_KEY } from '../support/pages.ts'
import { t } from '../support/tap.ts'

const listener = { alike() {}, pair() {}, alone() {}, again() {} }

const MORE = '"ConsumedCapacity":{"CapacityUnits":1},"LastEvaluatedKey":{"id":{"S":"z"}}'

const page = (ids: readonly number[], count = ids.length) => {
  const items = ids.map((id) => `{"id":{"S":"item ${id}"}}`)
  // As of a scan that goes on: the last page is counted when it is read.
  const answer = `{"Count":${count},"Items":[${items.join(',')}],${MORE}}`
  return readScanPage(ownBody(Buffer.from(answer)), keyNames(ID_KEY))
}

t.test('Alignment does not go on after a wrong count', async (t) => {
  const alignment = new Alignment({ schema: ID_KEY, windowBytes: 1 << 20 }, listener)
  const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  alignment.feed('master', page([0, 1, 2, 3], 5))
  alignment.feed('replica', page(all))
  t.equal(alignment.advance(), 'master')
  alignment.feed('master', page([5, 6, 7, 8, 9]))
  t.throws(() => alignment.advance(), { code: 'BAD_RESPONSE' })
})

t.test('Alignment does not take a page that was cut within an item for ended', async (t) => {
  const texts = ['{"id":{"S":"a"}}', '{"id":{"S":"b"},"l":{"L":[{"S":"x"}]}}']
  const whole = `{${MORE},"Count":2,"Items":[${texts.join()}],"ScannedCount":2}`
  const cut = `${whole.slice(0, whole.indexOf(']}}]') + 2)}`
  const read = (answer: string) => readScanPage(ownBody(Buffer.from(answer)), keyNames(ID_KEY))
  for (const [master, replica] of [
    [whole, cut],
    [cut, whole],
  ] as const) {
    const alignment = new Alignment({ schema: ID_KEY, windowBytes: 1 << 20 }, listener)
    alignment.feed('master', read(master))
    alignment.feed('replica', read(replica))
    t.throws(() => alignment.advance(), { code: 'BAD_RESPONSE' })
  }
})

t.test('Alignment goes on within a page that it has consumed in part', async (t) => {
  const told: unknown[] = []
  const alignment = new Alignment(
    { schema: ID_KEY, windowBytes: 1 << 20 },
    {
      alike: (count) => void told.push(count),
      pair: (master, i, replica, j) => void told.push([itemText(master, i), itemText(replica, j)]),
      alone: (side, { page, item }) => void told.push([side, itemText(page, item)]),
      again() {},
    },
  )
  alignment.feed('master', page([0, 1]))
  alignment.feed('replica', page([0, 1, 2, 3]))
  t.equal(alignment.advance(), 'master')
  alignment.feed('master', page([3]))
  t.equal(alignment.advance(), 'master')
  alignment.feed('master', undefined)
  t.equal(alignment.advance(), 'replica')
  alignment.feed('replica', undefined)
  t.equal(alignment.advance(), 'end')
  const text = (id: number) => `{"id":{"S":"item ${id}"}}`
  t.same(told, [2, [text(3), text(3)], ['replica', text(2)]])
})

t.test('Alignment probes a gap before much of either side waits', async (t) => {
  const range = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => from + at)
  const told: string[] = []
  const alignment = new Alignment(
    { schema: ID_KEY, windowBytes: 1 << 20 },
    {
      alike: (count) => void told.push(...range(told.length, told.length + count).map(() => '=')),
      pair: () => void told.push('='),
      alone: (side) => void told.push(side === 'master' ? '<' : '>'),
      again() {},
    },
  )
  const count = (what: string) => told.filter((each) => each === what).length
  alignment.feed('master', page(range(0, 600)))
  alignment.feed('replica', page([...range(0, 10), ...range(700, 1300)]))
  t.equal(alignment.advance(), 'probe')
  t.same([alignment.window('master').size, alignment.window('replica').size], [256, 256])
  t.same([count('='), count('<')], [10, 0])
  alignment.direct('master')
  t.equal(alignment.advance(), 'heed')
  t.equal(count('<'), 256, 'items that arrive now do not wait')
  t.equal(alignment.advance(), 'master')
  alignment.feed('master', page(range(600, 1300)))
  for (let need = alignment.advance(); need === 'heed'; need = alignment.advance()) t.pass(need)
  t.same([count('='), count('<'), count('>')], [610, 690, 0])
})

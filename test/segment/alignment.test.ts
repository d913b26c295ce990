import t from 'tap'
import { ownBody } from '../../lib/item/body.ts'
import { keyNames } from '../../lib/item/page.ts'
import { readScanPage } from '../../lib/item/responses.ts'
import { Alignment } from '../../lib/segment/alignment.ts'
import { ID_KEY } from '../support/pages.ts'

const listener = { alike() {}, pair() {}, alone() {} }

const page = (ids: readonly number[], count = ids.length) => {
  const items = ids.map((id) => `{"id":{"S":"item ${id}"}}`)
  const answer = `{"Count":${count},"Items":[${items.join(',')}]}`
  return readScanPage(ownBody(Buffer.from(answer)), keyNames(ID_KEY))
}

t.test('Alignment does not go on from a place that a wrong count has led to', async (t) => {
  const alignment = new Alignment({ schema: ID_KEY, windowBytes: 1 << 20 }, listener)
  const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  alignment.feed('master', page([0, 1, 2, 3], 5))
  alignment.feed('replica', page(all))
  t.equal(alignment.advance(), 'master')
  alignment.feed('master', page([5, 6, 7, 8, 9]))
  t.throws(() => alignment.advance(), { code: 'BAD_RESPONSE' })
})

t.test('Alignment goes on within a page that it has gone over in part', async (t) => {
  const told: unknown[] = []
  const alignment = new Alignment(
    { schema: ID_KEY, windowBytes: 1 << 20 },
    {
      alike: (count) => void told.push(count),
      pair: (_master, i, _replica, j) => void told.push([i, j]),
      alone: (side, { item }) => void told.push([side, item]),
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
  t.same(told, [2, [0, 3], ['replica', 2]])
})

import t from 'tap'
import { PageScan } from '../../lib/segment/pages.ts'
import { pageOf } from '../support/pages.ts'

const pageUpTo = (lastEvaluatedKey: string | undefined) => ({
  ...pageOf([]),
  lastEvaluatedKey,
  readUnits: 0.5,
})

t.test('PageScan goes on over empty pages that end where they began', async (t) => {
  let pages = 0
  const read = async (after: string | undefined) => {
    pages++
    if (pages === 200) return pageUpTo(undefined)
    return pageUpTo(pages % 100 === 0 ? `{"id":{"N":"${pages}"}}` : (after ?? '{"id":{"N":"0"}}'))
  }
  const scan = new PageScan(read, 'start', () => {})
  while ((await scan.next()) !== undefined && scan.after !== 'end');
  t.equal(pages, 200)
})

t.test('PageScan does not follow for ever a scan that stands still', async (t) => {
  const scan = new PageScan(
    async () => pageUpTo('{"id":{"N":"0"}}'),
    'start',
    () => {},
  )
  const all = async () => {
    while ((await scan.next()) !== undefined);
  }
  await t.rejects(all(), { code: 'BAD_RESPONSE', message: /100 pages that end where they began/ })
})

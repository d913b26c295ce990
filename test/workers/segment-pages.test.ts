import type { ScanPage } from '../../lib/item/bytes/scan-answer.ts'
import { Advance } from '../../workers/compare/scan-advance.ts'
import { PageScan } from '../../workers/compare/segment-pages.ts'
import { pageOf } from '../support/pages.ts'
import { t } from '../support/tap.ts'

const pageUpTo = (lastEvaluatedKey: string | undefined) => ({
  ...pageOf([]),
  lastEvaluatedKey,
  readUnits: 0.5,
  scanned: 0,
})

const HOUR = 3_600_000
const TABLE = { label: 'us-east-1:T', index: 2 }

const scanOf = (read: (after: string | undefined) => Promise<ScanPage>, advance?: Advance) =>
  new PageScan(read, 'start', () => {}, advance ?? new Advance(TABLE, HOUR))

async function toItsEnd(scan: PageScan): Promise<void> {
  while ((await scan.next()) !== undefined);
}

t.test('PageScan continues over empty pages that end where they began', async (t) => {
  let pages = 0
  const read = async (after: string | undefined) => {
    pages++
    if (pages === 200) return pageUpTo(undefined)
    return pageUpTo(pages % 100 === 0 ? `{"id":{"N":"${pages}"}}` : (after ?? '{"id":{"N":"0"}}'))
  }
  const scan = scanOf(read)
  while ((await scan.next()) !== undefined && scan.after !== 'end');
  t.equal(pages, 200)
})

t.test('PageScan gives up a scan that stands still', async (t) => {
  const scan = scanOf(async () => pageUpTo('{"id":{"N":"0"}}'))
  await t.rejects(toItsEnd(scan), {
    code: 'BAD_RESPONSE',
    table: 2,
    message: /100 pages in a row ended where they began/,
  })
})

t.test('PageScan detects a circle of any length, wherever it begins', async (t) => {
  for (const before of [0, 1, 7, 100]) {
    for (const length of [2, 3, 8, 97]) {
      let pages = 0
      const read = async () => {
        const at = pages < before ? pages : before + ((pages - before) % length)
        pages++
        return pageUpTo(`{"id":{"N":"${at}"}}`)
      }
      await t.rejects(toItsEnd(scanOf(read)), {
        code: 'BAD_RESPONSE',
        message: /a page ended at the same key as an earlier page/,
      })
      t.ok(pages <= 3 * (before + length) + 2, `${pages} pages for ${before} and ${length}`)
    }
  }
})

t.test('PageScan does not take new keys for a circle', async (t) => {
  let pages = 0
  const read = async () => pageUpTo(pages++ < 5000 ? `{"id":{"N":"${pages}"}}` : undefined)
  await toItsEnd(scanOf(read))
  t.equal(pages, 5001)
})

/** Pages without items and always new keys; each page takes `perPage` ms of a simulated clock. */
function barren(stallLimit: number, perPage: number, scannedOf = (_page: number) => 0) {
  let now = 0
  let pages = 0
  const read = async () => {
    now += perPage
    pages++
    return { ...pageUpTo(`{"id":{"N":"${pages}"}}`), scanned: scannedOf(pages) }
  }
  const advance = new Advance(TABLE, stallLimit, () => now)
  return { scan: scanOf(read, advance), pagesRead: () => pages }
}

t.test('PageScan ends a scan whose pages scan no items for the stall time', async (t) => {
  const { scan, pagesRead } = barren(300_000, 500)
  const message = /us-east-1:T .*6\d\d pages in 30\d s scanned no item/
  await t.rejects(toItsEnd(scan), { code: 'BAD_RESPONSE', table: 2, message })
  t.ok(pagesRead() >= 600 && pagesRead() < 610)
})

t.test('PageScan continues a scan that finds items now and then', async (t) => {
  const { scan } = barren(300_000, 500, (page) => (page % 500 === 0 ? 1 : 0))
  for (let page = 0; page < 5000; page++) await scan.next()
  t.pass()
})

t.test('PageScan does not count a pause as time without items', async (t) => {
  const { scan } = barren(300_000, HOUR)
  for (let page = 0; page < 250; page++) await scan.next()
  t.pass()
})

/**
 * The kernel benchmark: how fast one thread handles the bytes of a page, without a network, in MB
 * of a page per second. Next to it: `JSON.parse` and xxh64 of the same bytes.
 *
 * `npm run bench -- kernel [milliseconds a case] [--json]`
 */

import createHasher from 'xxhash-wasm'
import { ownBody } from '../lib/item/bytes/response-body.ts'
import { readScanPage } from '../lib/item/bytes/scan-answer.ts'
import { itemComparer } from '../lib/item/compare.ts'
import { openDigest } from '../lib/item/digest.ts'
import { theKernel } from '../lib/item/kernel/kernel.ts'
import { isPlain, itemStart, keyNames, type PlainPage } from '../lib/item/page.ts'
import { BY_DEFAULT } from '../lib/item/places/compared.ts'
import { type Shape, shapes } from './shapes.ts'

const args = process.argv.slice(2)
const [milliseconds = 300] = args.filter((arg) => /^\d+$/.test(arg)).map(Number)

const { h64Raw } = await createHasher()
const comparer = itemComparer(await openDigest(), BY_DEFAULT)
const names = keyNames([{ name: 'id', type: 'S' }])

function plain(bytes: Buffer): PlainPage {
  const page = readScanPage(ownBody(bytes), names)
  if (!isPlain(page) || page.count === 0) throw new Error('no plain page with items')
  return page
}

/** A page with all of its items found. */
function walked(bytes: Buffer): PlainPage {
  const page = plain(bytes)
  if (page.spans.length === 0) throw new Error('a page without items')
  return page
}

/** The items of both pages compared, pair by pair. */
function compare(one: Buffer, other: Buffer): void {
  const [a, b] = [plain(one), plain(other)]
  for (let item = 0; item < a.count; ) {
    const { count } = theKernel().alikeRun(placeOf(a, item), placeOf(b, item))
    item += count
    if (count > 0) continue
    if (!comparer.equal(a, item, b, item)) throw new Error('the items differ')
    item++
  }
}

const placeOf = (page: PlainPage, item: number) => {
  const at = item === 0 ? page.extent.start : itemStart(page, item)
  return { page, item, at, end: page.extent.end }
}

/** `pages`: how many times a case goes over the page. */
const CASES: readonly {
  readonly name: string
  readonly pages: number
  readonly run: (shape: Shape) => void
}[] = [
  { name: 'xxh64', pages: 1, run: ({ page }) => void h64Raw(page) },
  { name: 'JSON.parse', pages: 1, run: ({ page }) => void JSON.parse(page.toString()) },
  { name: 'find items', pages: 1, run: ({ page }) => void plain(page).starts },
  { name: 'walk', pages: 1, run: ({ page }) => void walked(page) },
  { name: 'compare', pages: 2, run: ({ page }) => compare(page, page) },
  { name: 'the same, reordered', pages: 2, run: ({ page, reordered }) => compare(page, reordered) },
  {
    name: 'digest',
    pages: 1,
    run({ page }) {
      const items = walked(page)
      for (let item = 0; item < items.count; item++) comparer.digest(items, item)
    },
  },
]

/** MB a second. */
function speedOf(run: () => void, bytes: number): number {
  // A warm-up, so that the code is compiled.
  run()
  const began = performance.now()
  let times = 0
  while (performance.now() - began < milliseconds) {
    run()
    times++
  }
  return Math.round((times * bytes) / 1000 / (performance.now() - began))
}

const rows = shapes().map((shape) => {
  const speeds = CASES.map(({ name, pages, run }) => [
    name,
    speedOf(() => run(shape), pages * shape.page.length),
  ])
  return { shape: shape.name, items: shape.items, ...Object.fromEntries(speeds) }
})
if (args.includes('--json')) for (const row of rows) console.log(JSON.stringify(row))
else {
  console.log(`MB/s, node ${process.version}`)
  console.table(Object.fromEntries(rows.map(({ shape, ...row }) => [shape, row])))
}

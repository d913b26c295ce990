/** The kernel against its reference, over random tables. `TABLESYNC_TEST_ITEMS`: how many items. */
import assert from 'node:assert/strict'
import t from 'tap'
import { alikeToEnd, type Place } from '../../lib/item/alike.ts'
import { ownBody } from '../../lib/item/body.ts'
import { itemComparer, itemText, parseItem } from '../../lib/item/compare.ts'
import { openDigest } from '../../lib/item/digest.ts'
import { canonicalKeyOf, sameKeyBytes } from '../../lib/item/key.ts'
import { ignoring } from '../../lib/item/normalise.ts'
import { itemStart, keyNames } from '../../lib/item/page.ts'
import { readScanPage } from '../../lib/item/responses.ts'
import type { WireItem, WireValue } from '../../lib/model/wire.ts'
import { type Choose, choices, respelt, shuffled } from '../support/arbitrary.ts'
import { ID_KEY } from '../support/pages.ts'
import { referencePage, sameItem } from './reference.ts'

const ITEMS = Number(process.env['TABLESYNC_TEST_ITEMS'] ?? 40_000)
const SEED = Number(process.env['TABLESYNC_TEST_SEED'] ?? 1)

const comparer = itemComparer(await openDigest(), ignoring([]))
const names = keyNames(ID_KEY)

const WORDS = [
  'id',
  'Items',
  'Count',
  ']},{"id":{"S":"',
  'a\\b',
  'é😀',
  '"',
  '],"',
  '',
  'plain text',
]
const DIGITS = ['0', '1', '10E-1', '-0', '-75E-1', '12345678901234567890', '3E40', '1E-3']
const BYTES = ['', 'AAEC', '/+8=', 'QQ==']

/** Some of them, each once. */
const some = <T>(all: readonly T[], choose: Choose) =>
  shuffled([...all], choose).slice(0, 1 + choose(3))

const one = <T>(all: readonly T[], choose: Choose) => all[choose(all.length)] as T

function anyValue(choose: Choose, depth = 0): WireValue {
  switch (choose(depth > 2 ? 8 : 10)) {
    case 0:
      return { N: one(DIGITS, choose) }
    case 1:
      return { B: one(BYTES, choose) }
    case 2:
      return { BOOL: choose(2) === 0 }
    case 3:
      return { NULL: true }
    case 4:
      return { SS: some(WORDS, choose) }
    case 5:
      // None of them equal to another.
      return { NS: some(['0', '1', '-75E-1', '3E40'], choose) }
    case 6:
      return { BS: some(BYTES, choose) }
    case 8:
      return { L: Array.from({ length: choose(4) }, () => anyValue(choose, depth + 1)) }
    case 9:
      return { M: anyItem(choose, depth + 1) }
    default:
      return { S: one(WORDS, choose).repeat(1 + choose(20)) }
  }
}

function anyItem(choose: Choose, depth = 0): WireItem {
  return Object.fromEntries(
    some([...WORDS.slice(1, 8), ...'abcdef'], choose).map((name) => [
      name,
      anyValue(choose, depth),
    ]),
  )
}

/** The same item, or another one by one change. */
function changed(item: WireItem, choose: Choose): WireItem {
  const members = Object.entries(item)
  const at = choose(members.length)
  const [name = '', value] = members[at] as [string, WireValue]
  if (name === 'id') return item
  if (choose(3) === 0) return Object.fromEntries(members.toSpliced(at, 1))
  if (choose(3) === 0) return { ...item, more: value as WireValue }
  return { ...item, [name]: anyValue(choose) }
}

/** How an item stands on the other side. */
function counterpart(item: WireItem, text: string, choose: Choose): string {
  switch (choose(8)) {
    case 0:
      return respelt(item, choose)
    case 1:
      return JSON.stringify(Object.fromEntries(shuffled(Object.entries(item), choose)))
    case 2:
      return JSON.stringify(changed(item, choose))
    case 3:
      return respelt(changed(item, choose), choose)
    default:
      return text
  }
}

const answerOf = (texts: readonly string[], last: string | undefined) =>
  `{"ConsumedCapacity":{"CapacityUnits":${texts.length / 2}},"Count":${texts.length},"Items":[${texts.join(',')}]${
    last === undefined ? '' : `,"LastEvaluatedKey":${last}`
  }}`

function checkPages(choose: Choose): number {
  const isSame = choose(3) === 0
  const items = Array.from({ length: 1 + choose(40) }, (_, id) => ({
    id: { S: `${one(WORDS, choose)}${id}` },
    ...anyItem(choose),
  })) as WireItem[]
  const mine = items.map((item) => JSON.stringify(item))
  const theirs = items.map((item, at) =>
    isSame ? (mine[at] as string) : counterpart(item, mine[at] as string, choose),
  )
  const last = choose(2) === 0 ? JSON.stringify({ id: items.at(-1)?.['id'] }) : undefined
  const answers = [answerOf(mine, last), answerOf(theirs, last)] as const
  const [a, b] = answers.map((answer) => readScanPage(ownBody(Buffer.from(answer)), names))
  const [x, y] = answers.map(referencePage)
  if (!a || !b || !x || !y) throw new Error('two pages')

  const from = choose(items.length)
  const place = (page: typeof a) => ({ page, item: from, at: itemStart(page, from) }) as Place
  // A page is walked at once where there are texts in it that its end might be taken for.
  if (a.extent !== undefined && b.extent !== undefined) {
    const areAlike = mine.slice(from).join() === theirs.slice(from).join()
    const alike = alikeToEnd(place(a), place(b))
    assert.equal(alike?.count, areAlike ? items.length - from : undefined)
  }

  for (const [page, reference] of [
    [a, x],
    [b, y],
  ] as const) {
    assert.equal(page.count, reference.items.length)
    assert.equal(page.readUnits, reference.readUnits)
    const key = page.lastEvaluatedKey
    assert.deepEqual(key === undefined ? undefined : JSON.parse(key), reference.lastEvaluatedKey)
  }
  for (const [at] of items.entries()) {
    const mineNow = x.items[at] as WireItem
    const theirsNow = y.items[at] as WireItem
    assert.deepEqual(parseItem(b, at), theirsNow)
    assert.equal(itemText(a, at), mine[at])
    const isEqual = sameItem(mineNow, theirsNow)
    assert.equal(comparer.equal(a, at, b, at), isEqual, `${mine[at]} ${theirs[at]}`)
    assert.equal(comparer.digest(a, at) === comparer.digest(b, at), isEqual)
    assert.equal(canonicalKeyOf(a, at, ID_KEY), canonicalKeyOf(b, at, ID_KEY))
    const next = (at + 1) % items.length
    if (next !== at) assert.equal(sameKeyBytes(a, at, b, next), false)
  }
  return items.length
}

t.test(`the kernel finds what its reference finds, over ${ITEMS} random items`, async (t) => {
  let items = 0
  for (let seed = SEED; items < ITEMS; seed++) {
    try {
      items += checkPages(choices(seed))
    } catch (error) {
      t.fail(`TABLESYNC_TEST_SEED=${seed}: ${(error as Error).message}`)
      return
    }
  }
  t.ok(items >= ITEMS)
})

/** The kernel against its reference, over random tables. `TABLESYNC_TEST_ITEMS`: how many items. */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { alikeFrom } from '../../lib/item/bytes/alike.ts'
import { ownBody } from '../../lib/item/bytes/response-body.ts'
import { compareMembers } from '../../lib/item/bytes/same-members.ts'
import { readScanPage, type ScanPage } from '../../lib/item/bytes/scan-answer.ts'
import { walkItems } from '../../lib/item/bytes/walk.ts'
import { itemComparer, itemText, parseItem, sameBytes } from '../../lib/item/compare.ts'
import { openDigest } from '../../lib/item/digest.ts'
import { theKernel } from '../../lib/item/kernel/kernel.ts'
import { canonicalKeyOf, sameKeyBytes } from '../../lib/item/key.ts'
import {
  isPlain as isPlainPage,
  itemEnd,
  itemStart,
  keyNames,
  type PlainPage,
  STRIDE,
} from '../../lib/item/page.ts'
import { BY_DEFAULT } from '../../lib/item/places/compared.ts'
import type { WireItem, WireValue } from '../../lib/model/wire.ts'
import { type Choose, choices, respelt, shuffled } from '../support/arbitrary.ts'
import { ID_KEY } from '../support/pages.ts'
import { t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'
import { referencePage, sameItem } from './reference.ts'

const ITEMS = casesToPlay(40_000, 8_000, 'TABLESYNC_TEST_ITEMS')
const SEED = Number(process.env['TABLESYNC_TEST_SEED'] ?? 1)

const comparer = itemComparer(await openDigest(), BY_DEFAULT)
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

/** Some of them, each at most once. */
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
      // No two of them are equal.
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

/** The item with one change, or the same item. */
function changed(item: WireItem, choose: Choose): WireItem {
  const members = Object.entries(item)
  const at = choose(members.length)
  const [name = '', value] = members[at] as [string, WireValue]
  if (name === 'id') return item
  if (choose(3) === 0) return Object.fromEntries(members.toSpliced(at, 1))
  if (choose(3) === 0) return { ...item, more: value as WireValue }
  return { ...item, [name]: anyValue(choose) }
}

/** Without characters that JSON escapes. */
const unescaped = (items: readonly WireItem[]): WireItem[] =>
  JSON.parse(JSON.stringify(items).replace(/\\\\/g, '/').replace(/\\"/g, "'"))

/** The text of an item on the other side. */
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

/** Pages that the WebAssembly kernel walked, and those that it left to JavaScript. */
const walked = { byKernel: 0, byReference: 0 }

/** The kernel does not handle blanks, or a backslash in a name. */
const isPlain = (text: string) => !text.includes('\\') && JSON.stringify(JSON.parse(text)) === text

/** The kernel's walk finds what the reference walk does, or leaves the page to it. */
function checkWalk(page: ScanPage, texts: readonly string[]): void {
  const bytes = Buffer.from(`[${texts.join(',')}]`)
  const list = { start: 0, end: bytes.length, count: texts.length }
  const found = theKernel().walk(bytes, list, names)
  if (found === undefined) {
    walked.byReference++
    assert.ok(!texts.every(isPlain))
  } else {
    walked.byKernel++
    const { spans } = walkItems(bytes, 0, names).page
    assert.deepEqual(found, spans)
    const starts = Int32Array.from(texts, (_, item) => spans[item * STRIDE] as number)
    const extent = { start: 1, end: bytes.length - 1 }
    assert.deepEqual(theKernel().starts(bytes, extent, texts.length), starts)
  }
  for (const wrong of [texts.length - 1, texts.length + 1]) {
    assert.equal(theKernel().walk(bytes, { ...list, count: wrong }, names), undefined)
    const extent = { start: 1, end: bytes.length - 1 }
    // With blanks between brackets, two items may be taken for one.
    const starts = theKernel().starts(bytes, extent, wrong)
    if (found !== undefined) assert.equal(starts, undefined)
  }
  for (const cut of [1, 2, bytes.length >> 1]) {
    const end = bytes.length - cut
    assert.equal(theKernel().walk(bytes.subarray(0, end), { ...list, end }, names), undefined)
    // A blank may be all that was cut.
    const starts = theKernel().starts(bytes, { start: 1, end: end - 1 }, texts.length)
    if (found !== undefined) assert.equal(starts, undefined)
  }
  assert.equal(page.count, texts.length)
}

const placeOf = (page: ScanPage, item: number) => ({
  ...{ page, item, at: itemStart(page, item) },
  end: itemEnd(page, page.count - 1),
})

/** The length of the run of items that are surely equal. */
function runFrom(a: ScanPage, i: number, b: ScanPage, j: number): number {
  const { count, ...after } = theKernel().alikeRun(placeOf(a, i), placeOf(b, j))
  for (const [page, next, at] of [
    [a, i + count, after.a],
    [b, j + count, after.b],
  ] as const) {
    assert.equal(at, next < page.count ? itemStart(page, next) : itemEnd(page, page.count - 1))
  }
  return count
}

/** A run of equal pairs ends where the reference comparison does, or before, and never after. */
function checkRun(
  ...[[a, mine], [b, theirs], from, isEqual]: [
    ...[one: [ScanPage, readonly string[]], other: [ScanPage, readonly string[]]],
    ...[from: number, isEqual: (at: number) => boolean],
  ]
): void {
  for (let at = from; at < a.count; at++) {
    const run = runFrom(a, at, b, at)
    for (let pair = at; pair < at + run; pair++) {
      assert.ok(sameKeyBytes(a, pair, b, pair) && isEqual(pair), `${mine[pair]} ${theirs[pair]}`)
    }
    at += run
    if (at === a.count || !isPlain(mine[at] ?? '') || !isPlain(theirs[at] ?? '')) continue
    const isSure = sameBytes(a, at, b, at) || compareMembers(a, at, b, at, BY_DEFAULT) === 'same'
    assert.equal(isSure && sameKeyBytes(a, at, b, at), false, `${mine[at]} ${theirs[at]}`)
  }
}

function checkPages(choose: Choose): number {
  const isSame = choose(3) === 0
  const any = Array.from({ length: 1 + choose(40) }, (_, id) => ({
    id: { S: `${one(WORDS, choose)}${id}` },
    ...anyItem(choose),
  })) as WireItem[]
  const items = choose(2) === 0 ? any : unescaped(any)
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
  const place = (page: PlainPage, texts: readonly string[]) => {
    const before = Buffer.byteLength(texts.slice(0, from).join())
    return {
      ...{ page, item: from, end: page.extent.end },
      at: page.extent.start + before + Math.min(from, 1),
    }
  }
  // A page is walked at once if it has texts that might be mistaken for its end.
  if (isPlainPage(a) && isPlainPage(b)) {
    let same = 0
    while (from + same < mine.length && mine[from + same] === theirs[from + same]) same++
    assert.equal(alikeFrom(place(a, mine), place(b, theirs)).count, same)
  }

  for (const [page, texts] of [
    [a, mine],
    [b, theirs],
  ] as const) {
    checkWalk(page, texts)
  }
  checkRun([a, mine], [b, theirs], from, (at) =>
    sameItem(x.items[at] as WireItem, y.items[at] as WireItem),
  )

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
  t.ok(walked.byKernel > walked.byReference / 10, `${walked.byKernel} pages by the kernel`)
})

t.test('the compiled kernel matches its sources', async (t) => {
  const root = new URL('../../../', import.meta.url)
  t.doesNotThrow(() =>
    execFileSync(process.execPath, ['lib/item/kernel/build.mjs', '--check'], { cwd: root }),
  )
})

t.test('the kernel compares pages of any size, whatever it has compared before', async (t) => {
  const page = (items: number, filler: number, isReordered = false) => {
    const texts = Array.from({ length: items }, (_, id) => {
      const members = [`"id":{"S":"${id}"}`, `"text":{"S":"${'x'.repeat(filler)}"}`]
      return `{${(isReordered ? members.reverse() : members).join(',')}}`
    })
    return readScanPage(ownBody(Buffer.from(answerOf(texts, undefined))), names)
  }
  const sizes = [
    [3, 10],
    [2000, 400],
    [40, 0],
    [1, 3_000_000],
    [500, 5000],
  ] as const
  const pairs = sizes.map(([items, filler]) => [page(items, filler), page(items, filler, true)])
  for (const first of pairs) {
    for (const [a, b] of [...pairs, first] as [ScanPage, ScanPage][]) {
      t.equal(runFrom(a, 0, b, 0), a.count)
      if (a.count > 1) t.equal(runFrom(b, 1, a, 1), a.count - 1)
      t.equal(runFrom(a, 0, a, 0), a.count)
    }
  }
})

t.test('the kernel compares a page with larger and larger ones', async (t) => {
  /** The kernel has not seen these pages: nothing of them was walked or counted. */
  const place = (items: number, isReordered: boolean) => {
    const texts = Array.from({ length: items }, (_, id) => {
      const members = [`"id":{"S":"${id}"}`, `"text":{"S":"${'x'.repeat(600)}"}`]
      return `{${(isReordered ? members.reverse() : members).join(',')}}`
    })
    const answer = answerOf(texts, '{"id":{"S":"z"}}')
    const page = readScanPage(ownBody(Buffer.from(answer)), names) as unknown as PlainPage
    return { page, item: 0, at: page.extent.start, end: page.extent.end }
  }
  for (const isFirst of [true, false]) {
    const small = place(50, true)
    // Larger than any page before: room has to be made for each.
    for (const size of [8000, 12_000, 18_000, 27_000]) {
      const large = place(isFirst ? size : 4 * size, false)
      const [a, b] = isFirst ? [large, small] : [small, large]
      t.equal(theKernel().alikeRun(a, b).count, 50)
    }
  }
})

t.test('the kernel handles keys of two parts', async (t) => {
  const schema = [
    { name: 'p', type: 'S' },
    { name: 'sort', type: 'N' },
  ] as const
  const texts = [
    '{"p":{"S":"a"},"sort":{"N":"1"}}',
    '{"x":{"S":"a"},"sort":{"N":"2"},"tors":{"N":"3"},"p":{"S":"b"},"q":{"S":"c"}}',
  ]
  const bytes = Buffer.from(`[${texts.join(',')}]`)
  const list = { start: 0, end: bytes.length, count: 2 }
  const both = theKernel().walk(bytes, list, keyNames(schema))
  t.same(both, walkItems(bytes, 0, keyNames(schema)).page.spans)
  const lacking = Buffer.from('[{"p":{"S":"a"}}]')
  const one = { start: 0, end: lacking.length, count: 1 }
  t.equal(theKernel().walk(lacking, one, keyNames(schema)), undefined)
  t.ok(theKernel().walk(lacking, one, keyNames([schema[0]])))
})

const deep = (levels: number, members: string): string =>
  levels === 0 ? `{${members}}` : `{"M":{"x":${deep(levels - 1, members)}}}`

for (const { what, one, other, isSure } of [
  {
    what: 'a name that comes twice',
    one: '"a":{"N":"1"},"a":{"N":"1"}',
    other: '"a":{"N":"1"},"b":{"N":"1"}',
    isSure: false,
  },
  {
    what: 'names that come twice on both sides',
    one: '"a":{"N":"1"},"a":{"N":"2"}',
    other: '"a":{"N":"2"},"a":{"N":"1"}',
    isSure: false,
  },
  { what: 'one more', one: '"a":{"N":"1"}', other: '"a":{"N":"1"},"b":{"N":"1"}', isSure: false },
  { what: 'another order', one: '"a":{},"b":{}', other: '"b":{},"a":{}', isSure: true },
  {
    what: 'a list in another order',
    one: '"a":{"L":[{"S":"1"},{"S":"2"}]}',
    other: '"a":{"L":[{"S":"2"},{"S":"1"}]}',
    isSure: false,
  },
  {
    what: 'a longer list',
    one: '"a":{"L":[{"S":"1"}]}',
    other: '"a":{"L":[{"S":"1"},{"S":"2"}]}',
    isSure: false,
  },
  {
    what: 'another order within a list',
    one: '"a":{"L":[{"M":{"x":{"S":"1"},"y":{"S":"2"}}}]}',
    other: '"a":{"L":[{"M":{"y":{"S":"2"},"x":{"S":"1"}}}]}',
    isSure: true,
  },
  {
    what: 'lists without commas',
    one: '"a":{"L":[{"S":"1"}{"S":"2"}]},"b":{}',
    other: '"b":{},"a":{"L":[{"S":"1"},{"S":"2"}]}',
    isSure: false,
  },
  {
    what: 'a list with a comma at its end',
    one: '"a":{"L":[{"S":"1"},]}',
    other: '"a":{"L":[{"S":"1"}]}',
    isSure: false,
  },
  {
    what: 'lists nested a thousand times',
    one: `"a":${'['.repeat(1000)}{"S":"1"}${']'.repeat(1000)},"b":{}`,
    other: `"a":${'['.repeat(1000)}{"S":"2"}${']'.repeat(1000)},"b":{}`,
    isSure: false,
  },
  { what: 'another type', one: '"a":{"S":"1"}', other: '"a":{"N":"1"}', isSure: false },
  { what: 'another truth', one: '"a":{"BOOL":true}', other: '"a":{"BOOL":false}', isSure: false },
  {
    what: 'another order far down',
    one: `"a":${deep(4, '"x":{},"y":{}')}`,
    other: `"a":${deep(4, '"y":{},"x":{}')}`,
    isSure: true,
  },
  {
    what: 'another order deeper than the kernel looks',
    one: `"a":${deep(40, '"x":{},"y":{}')}`,
    other: `"a":${deep(40, '"y":{},"x":{}')}`,
    isSure: false,
  },
  ...[64, 65].map((count) => {
    const names = Array.from({ length: count - 1 }, (_, at) => `"${at}":{"N":"${at}"}`)
    return {
      what: `${count} members in another order`,
      one: names.join(),
      other: names.toReversed().join(),
      isSure: count === 64,
    }
  }),
]) {
  t.test(`the kernel is ${isSure ? '' : 'not '}sure of ${what}`, async (t) => {
    const pages = [one, other].map((members) =>
      readScanPage(
        ownBody(Buffer.from(answerOf([`{"id":{"S":"1"},${members}}`], undefined))),
        names,
      ),
    ) as [ScanPage, ScanPage]
    for (const [a, b] of [pages, pages.toReversed() as typeof pages]) {
      t.equal(runFrom(a, 0, b, 0), isSure ? 1 : 0)
    }
    const isTooWide = what.startsWith('65')
    t.equal(runFrom(pages[0], 0, pages[0], 0), isTooWide ? 0 : 1, 'the same bytes')
  })
}

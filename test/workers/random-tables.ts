/**
 * Random pairs of tables as two scans return them, and what is true of them. Imports nothing of what
 * it judges: the answers are text, and items are compared by the reference.
 */
import type { WireItem, WireValue } from '../../lib/model/wire.ts'
import { sameItem } from '../item/reference.ts'
import { type Choose, shuffled } from '../support/arbitrary.ts'

/** Texts that look as if an item ended in them and another one began. */
const BOUNDARIES = [
  '},{"id":{"S":"item-1"}}',
  ']}',
  '"}},{"',
  '\\',
  '\\"',
  '},{',
  '{"M":{"x":',
  '"',
]
const WORDS = ['', 'paid', 'a\nb', 'ü€😀', '\u2028', 'x'.repeat(70), 'plain text', ...BOUNDARIES]
const NAMES = ['state', 'total', 'Items', 'a"b', '},{', 'lines', 'LastEvaluatedKey', 'n', 'é', '\\']

const one = <T>(all: readonly T[], choose: Choose) => all[choose(all.length)] as T

function anyValue(choose: Choose, depth = 0): WireValue {
  switch (choose(depth > 2 ? 6 : 9)) {
    case 0:
      return { N: one(['0', '1', '10', '1E1', '-0.5', '12345678901234567890'], choose) }
    case 1:
      return { BOOL: choose(2) === 0 }
    case 2:
      return { SS: shuffled([...WORDS], choose).slice(0, 1 + choose(3)) }
    case 6:
      return { L: Array.from({ length: choose(4) }, () => anyValue(choose, depth + 1)) }
    case 7:
      return { M: anyItem(choose, depth + 1) }
    case 8:
      // Large ones now and then: a page may be one item.
      return { S: one(WORDS, choose).repeat(choose(12) === 0 ? 400 : 1 + choose(9)) }
    default:
      return { S: one(WORDS, choose) }
  }
}

const anyItem = (choose: Choose, depth = 0): WireItem =>
  Object.fromEntries(
    shuffled([...NAMES], choose)
      .slice(0, 1 + choose(4))
      .map((name) => [name, anyValue(choose, depth)]),
  )

const reordered = (item: WireItem, choose: Choose): WireItem =>
  Object.fromEntries(shuffled(Object.entries(item), choose))

/** The item with one attribute changed: the first or the last, in length or not. */
function changed({ id, ...rest }: WireItem, choose: Choose): WireItem {
  const members = Object.entries(rest)
  const at = one([0, members.length - 1, choose(members.length)], choose)
  const [name, value] = members[at] as [string, WireValue]
  const text = 'S' in value ? value.S : undefined
  const other: WireValue =
    text === undefined || text === ''
      ? anyValue(choose)
      : { S: choose(2) === 0 ? `${text.slice(0, -1)}~` : `${text}~` }
  return { id: id as WireValue, ...Object.fromEntries(members.with(at, [name, other])) }
}

export interface RandomTables {
  /** The answers of each scan, in order, as JSON text. */
  readonly master: readonly string[]
  readonly replica: readonly string[]
  readonly truth: Truth
}

/** Keys by what is true of them, each in order. */
export interface Truth {
  readonly same: readonly string[]
  readonly differing: readonly string[]
  readonly missing: readonly string[]
  readonly extra: readonly string[]
}

/** What becomes of a position: how likely is each, in thousands. */
const DRIFTS = [0, 1, 10, 100, 900]

export function randomTables(choose: Choose): RandomTables {
  const drift = one(DRIFTS, choose)
  const isReordered = choose(5) === 0
  const ours: WireItem[] = []
  const theirs: WireItem[] = []
  const truth = { same: [], differing: [], missing: [], extra: [] } as Record<keyof Truth, string[]>
  const count = one([0, 1, 3, 20, 80, 250], choose)
  for (let at = 0; at < count; at++) {
    const key = `item-${at}`
    const item: WireItem = { id: { S: key }, ...anyItem(choose) }
    const kind = choose(1000) < drift ? one(['missing', 'differing', 'extra'], choose) : 'same'
    if (kind !== 'extra') ours.push(item)
    if (kind === 'missing') truth.missing.push(key)
    else if (kind === 'extra') {
      theirs.push(item)
      truth.extra.push(key)
    } else {
      const other = kind === 'differing' ? changed(item, choose) : item
      theirs.push(isReordered ? reordered(other, choose) : other)
      truth[sameItem(item, other) ? 'same' : 'differing'].push(key)
    }
  }
  return { master: answers(ours, choose), replica: answers(theirs, choose), truth }
}

/** Pages of random sizes. The last one says that the scan has ended. */
function answers(items: readonly WireItem[], choose: Choose): string[] {
  const pages: string[] = []
  const most = one([1, 7, 50, 1000], choose)
  // Some engines write blanks.
  const between = choose(8) === 0 ? one([' ,', ', ', ' , ', ',\n'], choose) : ','
  let at = 0
  do {
    const page = items.slice(at, at + 1 + choose(most))
    at += page.length
    const last =
      at < items.length ? `,"LastEvaluatedKey":${JSON.stringify({ id: page.at(-1)?.['id'] })}` : ''
    const capacity = `"ConsumedCapacity":{"CapacityUnits":${page.length / 2},"TableName":"T"}`
    const texts = page.map((item) => JSON.stringify(item)).join(between)
    pages.push(
      `{${capacity},"Count":${page.length},"Items":[${texts}]${last},"ScannedCount":${page.length}}`,
    )
  } while (at < items.length)
  return pages
}

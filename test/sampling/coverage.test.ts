/**
 * How often the limits of a sampled share hold the true share: 300 simulated tables for each of 38
 * cells. There are 2,000,000 items in 20,000 segments, of which 200 and 1,000 are drawn. Twice 19
 * are 38: no differences at all, or a share of 1e-5, 1e-3 or 1e-2 in each of six patterns.
 *
 * Both limits together should hold 95 %. They hold more, since they allow for differences that lie
 * together. They can hold less where nearly all differences lie in segments that are larger than
 * any drawn one, and too few to be drawn: no sample tells how large those are.
 */
import { type SampledSegment, shareBounds } from '../../lib/sampling/share-bounds.ts'
import { seeded } from '../support/seeded.ts'
import { t } from '../support/tap.ts'

const ITEMS = 2_000_000
const SEGMENTS = 20_000
const DRAWN = [200, 1_000] as const
const SHARES = [1e-5, 1e-3, 1e-2] as const
const TABLES = 300
const LEAST_COVERED = 0.93 * TABLES
/** Items of one collection, in tables that have collections. */
const COLLECTION = 25
const HOT_KEYS = 1_000
/** Half of the items of a table with hot keys. */
const ITEMS_OF_HOT_KEY = 1_000

type Random = () => number
const below = (end: number, random: Random) => Math.floor(random() * end)

const at = (numbers: Uint16Array | Uint32Array, index: number) => numbers[index] ?? 0
function increase(numbers: Uint32Array, index: number, by: number): void {
  numbers[index] = at(numbers, index) + by
}

/** The items of a table in one line, segment by segment. */
interface Line {
  readonly segmentOf: Uint16Array
  /** Where each segment begins, and the end of the last one. */
  readonly begins: Uint32Array
  /** Those of hot keys. */
  readonly hot: Uint32Array
}

/** Lays collections into segments at random, as hashes of their keys do. */
function lineOf(hotKeys: number, collection: number, random: Random): Line {
  const hot = new Uint32Array(SEGMENTS)
  for (let n = 0; n < hotKeys; n++) increase(hot, below(SEGMENTS, random), ITEMS_OF_HOT_KEY)
  const cold = new Uint32Array(SEGMENTS)
  const hotItems = new Uint32Array(hotKeys * ITEMS_OF_HOT_KEY)
  for (let n = hotItems.length; n < ITEMS; n += collection) {
    increase(cold, below(SEGMENTS, random), collection)
  }
  const segmentOf = new Uint16Array(ITEMS)
  const begins = new Uint32Array(SEGMENTS + 1)
  let [item, hotItem] = [0, 0]
  for (let segment = 0; segment < SEGMENTS; segment++) {
    begins[segment] = item
    for (let n = 0; n < at(hot, segment); n++) hotItems[hotItem++] = item + n
    item += at(hot, segment) + at(cold, segment)
    segmentOf.fill(segment, begins[segment], item)
  }
  begins[SEGMENTS] = item
  return { segmentOf, begins, hot: hotItems }
}

/** The items of one table that differ. An item counts once. */
class Drift {
  readonly line: Line
  readonly bySegment = new Uint32Array(SEGMENTS)
  /** The number of the last table in which the item differed. */
  readonly #seen = new Uint16Array(ITEMS)
  #table = 0
  total = 0

  constructor(line: Line) {
    this.line = line
  }

  begin(): void {
    this.bySegment.fill(0)
    this.#table++
    this.total = 0
  }

  add(item: number): void {
    if (this.#seen[item] === this.#table) return
    this.#seen[item] = this.#table
    increase(this.bySegment, at(this.line.segmentOf, item), 1)
    this.total++
  }

  addRange(begin: number, end: number): void {
    for (let item = begin; item < end; item++) this.add(item)
  }
}

interface Pattern {
  readonly name: string
  readonly line: Line
  readonly shares: readonly number[]
  /** Adds differences until there are so many: exactly, or up to the end of what differs as a whole. */
  spread(drift: Drift, differences: number, random: Random): void
}

const scattered: Pattern['spread'] = (drift, differences, random) => {
  while (drift.total < differences) drift.add(below(ITEMS, random))
}

/** Collections that differ as a whole. */
const collections: Pattern['spread'] = (drift, differences, random) => {
  while (drift.total < differences) {
    const begin = below(ITEMS / COLLECTION, random) * COLLECTION
    drift.addRange(begin, begin + COLLECTION)
  }
}

const wholeSegments: Pattern['spread'] = (drift, differences, random) => {
  while (drift.total < differences) {
    const segment = below(SEGMENTS, random)
    drift.addRange(at(drift.line.begins, segment), at(drift.line.begins, segment + 1))
  }
}

/** Items next to each other, in as many segments as they fill. */
const oneRun: Pattern['spread'] = (drift, differences, random) => {
  let item = below(ITEMS, random)
  for (; drift.total < differences; item = (item + 1) % ITEMS) drift.add(item)
}

/** A third each of scattered items, whole collections, and one run. */
const mixed: Pattern['spread'] = (drift, differences, random) => {
  scattered(drift, differences / 3, random)
  collections(drift, (differences * 2) / 3, random)
  oneRun(drift, differences, random)
}

/** Items of hot keys only. */
const hotKeys: Pattern['spread'] = (drift, differences, random) => {
  const { hot } = drift.line
  while (drift.total < differences) drift.add(at(hot, below(hot.length, random)))
}

const EVEN = lineOf(0, 1, seeded(1))
const IN_COLLECTIONS = lineOf(0, COLLECTION, seeded(2))
const WITH_HOT_KEYS = lineOf(HOT_KEYS, 1, seeded(3))

const PATTERNS: readonly Pattern[] = [
  { name: 'without drift', line: EVEN, shares: [0], spread: () => {} },
  { name: 'scattered', line: EVEN, shares: SHARES, spread: scattered },
  { name: 'in collections', line: IN_COLLECTIONS, shares: SHARES, spread: collections },
  { name: 'in whole segments', line: EVEN, shares: SHARES, spread: wholeSegments },
  { name: 'in one run', line: EVEN, shares: SHARES, spread: oneRun },
  { name: 'mixed', line: IN_COLLECTIONS, shares: SHARES, spread: mixed },
  { name: 'in hot keys', line: WITH_HOT_KEYS, shares: SHARES, spread: hotKeys },
]

/** Segments without replacement: the first ones of an order that each draw shuffles on. */
function draw(order: Uint16Array, count: number, drift: Drift, random: Random): SampledSegment[] {
  return Array.from({ length: count }, (_, place) => {
    const other = place + below(SEGMENTS - place, random)
    const segment = at(order, other)
    order[other] = at(order, place)
    order[place] = segment
    const { begins } = drift.line
    return {
      items: at(begins, segment + 1) - at(begins, segment),
      differences: at(drift.bySegment, segment),
    }
  })
}

const held: number[] = []

for (const [number, { name, line, shares, spread }] of PATTERNS.entries()) {
  for (const share of shares) {
    t.test(`a share of ${share}, ${name}, lies within the limits`, async (t) => {
      const random = seeded(100 * number + Math.round(share * 1e5))
      const order = Uint16Array.from({ length: SEGMENTS }, (_, segment) => segment)
      const drift = new Drift(line)
      const cells = DRAWN.map((drawn) => ({ drawn, covered: 0, below: 0, above: 0, upper: 0 }))
      for (let table = 0; table < TABLES; table++) {
        drift.begin()
        spread(drift, Math.round(share * ITEMS), random)
        const truth = drift.total / ITEMS
        for (const cell of cells) {
          const { lower, upper } = shareBounds(draw(order, cell.drawn, drift, random), SEGMENTS)
          if (lower <= truth && truth <= upper) cell.covered++
          if (truth < lower) cell.below++
          if (truth > upper) cell.above++
          cell.upper += upper / TABLES
        }
      }
      for (const cell of cells) {
        held.push(cell.covered)
        t.ok(cell.covered >= LEAST_COVERED, JSON.stringify(cell))
        t.comment(JSON.stringify(cell))
      }
    })
  }
}

t.test('there are 38 cells', async (t) => {
  t.equal(held.length, 38)
  t.comment(`the lowest coverage is ${((Math.min(...held) / TABLES) * 100).toFixed(1)} %`)
})

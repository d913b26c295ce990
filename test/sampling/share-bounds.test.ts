/** The limits of a share that was sampled by segments, against an oracle in whole numbers. */
import { type SampledSegment, shareBounds } from '../../lib/sampling/share-bounds.ts'
import { seeded } from '../support/seeded.ts'
import { stringerBounds } from '../support/stringer.ts'
import { t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'

const CLOSE = 1e-9
const MOST_DRAWN = 300
const MOST_SEGMENTS = 20_000

type Random = () => number
const upTo = (most: number, random: Random) => Math.floor(random() * (most + 1))

/** How many items the segments have. */
const SIZES: Readonly<Record<string, (random: Random) => number>> = {
  alike: () => 100,
  spread: (random) => upTo(200, random),
  'tiny, some empty': (random) => upTo(3, random),
  'mostly empty': (random) => (random() < 0.7 ? 0 : upTo(50, random)),
  'a few of them hot': (random) => Math.floor(20 / (random() + 1e-4) ** 1.2),
  'all empty but one or so': (random) => (random() < 0.02 ? 7 : 0),
}

/** How many of a segment's items differ. */
const DIFFERENCES: Readonly<Record<string, (items: number, random: Random) => number>> = {
  'no differences': () => 0,
  'a few hits': (items, random) => (random() < 0.03 ? upTo(items, random) : 0),
  'hits in whole segments': (items, random) => (random() < 0.1 ? items : 0),
  'hits that tie': (items, random) => (random() < 0.3 ? Math.min(items, 2) : 0),
  'hits of one or two': (items, random) => Math.min(items, upTo(2, random)),
  'hits everywhere': (items, random) => Math.min(items, 1 + upTo(items, random)),
  'all items different': (items) => items,
}

/** How many segments there are where so many are drawn: all, a good part of them, or few. */
const TOTALS = [
  (drawn: number, random: Random) => drawn + upTo(drawn * 19, random),
  (drawn: number, random: Random) => drawn * 20 + 1 + upTo(MOST_SEGMENTS - drawn * 20 - 1, random),
  (drawn: number, random: Random) => drawn + upTo(2, random),
] as const

interface Case {
  readonly what: string
  readonly sampled: readonly SampledSegment[]
  readonly segments: number
}

function randomCases(): Case[] {
  const random = seeded(1)
  return Object.entries(SIZES).flatMap(([sizes, sizeOf]) =>
    Object.entries(DIFFERENCES).flatMap(([differences, differencesOf]) =>
      TOTALS.flatMap((totalOf) =>
        // Large draws with many hits take the oracle long: they get a few cases of their own.
        [1 + upTo(4, random), 1 + upTo(24, random), 25 + upTo(35, random)].map((drawn) => {
          const segments = totalOf(drawn, random)
          const sampled = Array.from({ length: drawn }, () => {
            const items = sizeOf(random)
            return { items, differences: differencesOf(items, random) }
          })
          return { what: `${drawn} of ${segments}, ${sizes}, ${differences}`, sampled, segments }
        }),
      ),
    ),
  )
}

const RANDOM_CASES = casesToPlay(60, 12, 'TABLESYNC_TEST_SAMPLES')

function largeCases(): Case[] {
  const random = seeded(2)
  return [
    { hits: 0, drawn: MOST_DRAWN, segments: MOST_SEGMENTS },
    { hits: 1, drawn: MOST_DRAWN, segments: MOST_SEGMENTS },
    { hits: 20, drawn: MOST_DRAWN, segments: MOST_SEGMENTS },
    { hits: MOST_DRAWN, drawn: MOST_DRAWN, segments: MOST_SEGMENTS },
    { hits: 12, drawn: 211, segments: 4_300 },
    { hits: 100, drawn: 100, segments: 2_001 },
    { hits: 1, drawn: MOST_DRAWN, segments: 6_000 },
    { hits: 150, drawn: MOST_DRAWN, segments: 6_000 },
    { hits: MOST_DRAWN, drawn: MOST_DRAWN, segments: 6_000 },
    { hits: 200, drawn: 290, segments: 1_000 },
    { hits: 70, drawn: 290, segments: 310 },
    { hits: 7, drawn: 290, segments: 291 },
    ...Array.from({ length: RANDOM_CASES }, (_, at) => {
      const drawn = 61 + upTo(MOST_DRAWN - 61, random)
      return at % 2 === 0
        ? { hits: upTo(8, random), drawn, segments: TOTALS[1](drawn, random) }
        : { hits: upTo(drawn, random), drawn, segments: TOTALS[0](drawn, random) }
    }),
  ].map(({ hits, drawn, segments }) => ({
    what: `${drawn} of ${segments}, ${hits} hits`,
    segments,
    sampled: Array.from({ length: drawn }, (_, at) => {
      const items = 1 + upTo(150, random)
      return { items, differences: at < hits ? 1 + upTo(items - 1, random) : 0 }
    }),
  }))
}

for (const [name, cases] of [
  ['random', randomCases()],
  ['large', largeCases()],
] as const) {
  t.test(`${cases.length} ${name} samples have the limits of exact arithmetic`, async (t) => {
    const wrong: string[] = []
    let furthest = 0
    for (const { what, sampled, segments } of cases) {
      const found = shareBounds(sampled, segments)
      const expected = stringerBounds(sampled, segments)
      const distance = Math.max(
        Math.abs(found.estimate - expected.estimate),
        Math.abs(found.lower - expected.lower),
        Math.abs(found.upper - expected.upper),
      )
      // A comparison with NaN is false.
      if (!(distance <= CLOSE)) {
        wrong.push(`${what}: ${JSON.stringify(found)} for ${JSON.stringify(expected)}`)
      }
      furthest = Math.max(furthest, distance)
    }
    t.strictSame(wrong, [])
    t.comment(`the furthest is ${furthest} off`)
  })
}

/** Segments of ten items, of which the first ones differ altogether. */
const wholeHits = (hits: number, drawn: number): SampledSegment[] =>
  Array.from({ length: drawn }, (_, at) => ({ items: 10, differences: at < hits ? 10 : 0 }))

for (const { hits, drawn, lower, upper } of [
  { hits: 0, drawn: 10, lower: 0, upper: 0.30849710781876083 },
  { hits: 1, drawn: 10, lower: 0.0025285785444617843, upper: 0.44501611702819543 },
  { hits: 5, drawn: 10, lower: 0.18708602844739852, upper: 0.8129139715526015 },
  { hits: 10, drawn: 10, lower: 0.6915028921812392, upper: 1 },
  { hits: 0, drawn: 200, lower: 0, upper: 0.018275340355136244 },
  { hits: 3, drawn: 200, lower: 0.0031041076215535097, upper: 0.04320828191771261 },
]) {
  t.test(`${hits} of ${drawn} segments alike have the limits of Clopper and Pearson`, async (t) => {
    // The least number of segments of which so many are less than 5 %.
    for (const segments of [drawn * 20 + 1, 1_000_000]) {
      const found = shareBounds(wholeHits(hits, drawn), segments)
      t.equal(found.estimate, hits / drawn)
      t.ok(Math.abs(found.lower - lower) <= CLOSE, `${found.lower} for ${lower}`)
      t.ok(Math.abs(found.upper - upper) <= CLOSE, `${found.upper} for ${upper}`)
    }
  })
}

/** The last ones are ties: a chance of exactly 1 in 40 is not below 1 in 40. */
for (const { hits, drawn, segments, least, most } of [
  { hits: 0, drawn: 10, segments: 200, least: 0, most: 60 },
  { hits: 0, drawn: 10, segments: 100, least: 0, most: 29 },
  { hits: 1, drawn: 10, segments: 100, least: 1, most: 42 },
  { hits: 2, drawn: 10, segments: 100, least: 3, most: 54 },
  { hits: 5, drawn: 10, segments: 100, least: 20, most: 80 },
  { hits: 10, drawn: 10, segments: 100, least: 71, most: 100 },
  { hits: 3, drawn: 50, segments: 400, least: 6, most: 63 },
  { hits: 0, drawn: 2, segments: 16, least: 0, most: 13 },
  { hits: 2, drawn: 2, segments: 16, least: 3, most: 16 },
  { hits: 1, drawn: 3, segments: 16, least: 1, most: 14 },
  { hits: 0, drawn: 39, segments: 40, least: 0, most: 1 },
  { hits: 0, drawn: 78, segments: 80, least: 0, most: 1 },
]) {
  t.test(`${hits} hits of ${drawn} stand for ${least} to ${most} of ${segments}`, async (t) => {
    const found = shareBounds(wholeHits(hits, drawn), segments)
    t.ok(Math.abs(found.lower - least / segments) <= CLOSE, `${found.lower * segments}`)
    t.ok(Math.abs(found.upper - most / segments) <= CLOSE, `${found.upper * segments}`)
  })
}

t.test('where nothing is found, the upper limit is about 3.69 times s/m', async (t) => {
  for (const [items, s] of [
    [[100], 1],
    [[50, 150], 1.5],
    [[0, 0, 0, 400], 4],
  ] as const) {
    for (const drawn of [1_000, 20_000]) {
      const sampled = Array.from({ length: drawn }, (_, at) => ({
        items: items[at % items.length] ?? 0,
        differences: 0,
      }))
      const { estimate, lower, upper } = shareBounds(sampled, 1_000_000)
      t.strictSame([estimate, lower], [0, 0])
      t.ok(Math.abs(upper + s * Math.expm1(Math.log(0.025) / drawn)) <= CLOSE, `${upper}`)
      const factor = (upper * drawn) / s
      t.ok(factor > 3.68 && factor < 3.69, `${factor}`)
    }
  }
})

t.test('where all segments are drawn, the share is known', async (t) => {
  for (const { sampled } of [...randomCases(), ...largeCases()]) {
    const items = sampled.reduce((sum, segment) => sum + segment.items, 0)
    const differences = sampled.reduce((sum, segment) => sum + segment.differences, 0)
    const share = items === 0 ? 0 : differences / items
    t.strictSame(shareBounds(sampled, sampled.length), {
      estimate: share,
      lower: share,
      upper: share,
    })
  }
})

t.test('segments without items tell nothing', async (t) => {
  const empty = wholeHits(0, 30).map(() => ({ items: 0, differences: 0 }))
  for (const segments of [31, 600, 601, 20_000]) {
    t.strictSame(shareBounds(empty, segments), { estimate: 0, lower: 0, upper: 1 })
  }
})

t.test('the order of the segments does not matter', async (t) => {
  for (const { what, sampled, segments } of randomCases()) {
    const [found, reversed] = [sampled, sampled.toReversed()].map((each) =>
      shareBounds(each, segments),
    )
    t.strictSame(reversed, found, what)
  }
})

t.test('one difference more never lowers a limit', async (t) => {
  const random = seeded(3)
  const lowered: string[] = []
  for (const { what, sampled, segments } of [...randomCases(), ...largeCases()]) {
    const before = shareBounds(sampled, segments)
    const spare = sampled.flatMap(({ items, differences }, at) => (differences < items ? [at] : []))
    for (let n = 0; n < Math.min(spare.length, 10); n++) {
      const chosen = spare[upTo(spare.length - 1, random)]
      const after = shareBounds(
        sampled.map(({ items, differences }, at) => ({
          items,
          differences: at === chosen ? differences + 1 : differences,
        })),
        segments,
      )
      if (!(after.lower >= before.lower - 1e-12 && after.upper >= before.upper - 1e-12)) {
        lowered.push(`${what}, segment ${chosen}`)
      }
    }
  }
  t.strictSame(lowered, [])
})

t.test('the estimate lies between the limits', async (t) => {
  // Not where more than 39 of 40 are drawn: that one more segment is hit is too unlikely to count,
  // and the limits of how many are hit are rounded to whole segments.
  for (const { what, sampled, segments } of [...randomCases(), ...largeCases()]) {
    if (sampled.length * 40 > segments * 39) continue
    const { estimate, lower, upper } = shareBounds(sampled, segments)
    t.ok(0 <= lower && lower <= estimate + 1e-12, what)
    t.ok(estimate <= upper + 1e-12 && upper <= 1, what)
  }
})

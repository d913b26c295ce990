/**
 * An oracle for the limits of a share that was sampled by segments: the Stringer bound on clusters,
 * in whole numbers. Each limit is found by its definition: bisection on the exact tail of the exact
 * distribution. Chances of the binomial distribution are cut after 60 bits; otherwise only the last
 * division rounds. Slow: made for up to 300 segments drawn of up to 20,000.
 */

export interface OracleSegment {
  readonly items: number
  readonly differences: number
}

/** Chances as numerators over one denominator. */
interface Limits {
  readonly one: bigint
  /** The greatest chance of a hit under which so few hits are no rarer than 1 in 40. */
  upper(hits: number): bigint
  /** The least chance of a hit under which so many hits are no rarer than 1 in 40. */
  lower(hits: number): bigint
}

/** One side's 2.5 % as 1 in 40. */
const RARE = 40n

export function stringerBounds(sampled: readonly OracleSegment[], segments: number) {
  const drawn = sampled.length
  const items = sampled.reduce((sum, segment) => sum + BigInt(segment.items), 0n)
  const differences = sampled.map((segment) => BigInt(segment.differences))
  const found = differences.reduce((sum, each) => sum + each, 0n)
  const estimate = items === 0n ? 0 : quotient(found, items)
  if (drawn === segments) return { estimate, lower: estimate, upper: estimate }
  if (items === 0n) return { estimate, lower: 0, upper: 1 }

  const largest = BigInt(Math.max(...sampled.map((segment) => segment.items)))
  const descending = differences.filter((each) => each > 0n).sort((a, b) => Number(b - a))
  const { one, upper, lower } = limitsOf(drawn, segments)
  // s·x = (largest / mean)·(differences / largest): the largest stays in the first term alone.
  let above = largest * upper(0)
  let below = 0n
  for (const [at, each] of descending.entries()) {
    above += (upper(at + 1) - upper(at)) * each
    below += (lower(at + 1) - lower(at)) * each
  }
  const share = (sum: bigint) => {
    const [part, whole] = [sum * BigInt(drawn), items * one]
    return part >= whole ? 1 : quotient(part, whole)
  }
  return { estimate, lower: share(below), upper: share(above) }
}

const known = new Map<string, Limits>()

/** Draws without replacement count as such once they take 5 % of the segments. */
function limitsOf(drawn: number, segments: number): Limits {
  const isBinomial = drawn * 20 < segments
  const name = isBinomial ? `${drawn}` : `${drawn} of ${segments}`
  const limits =
    known.get(name) ?? (isBinomial ? binomialLimits(drawn) : hypergeometricLimits(drawn, segments))
  known.set(name, limits)
  return limits
}

const BITS = 60n

function binomialLimits(drawn: number): Limits {
  const one = 1n << BITS
  const choices = Array.from({ length: drawn + 1 }, (_, hits) => choose(drawn, hits))
  /** The sum of C·p^x·q^(drawn − x) for up to so many hits, by Horner's rule. */
  const sumUpTo = (hits: number, p: bigint, q: bigint) => {
    let [sum, power] = [0n, 1n]
    for (const count of choices.slice(0, hits + 1)) {
      sum = sum * q + count * power
      power *= p
    }
    return sum * q ** BigInt(drawn - hits)
  }
  return bothSides(drawn, one, (hits) => {
    if (hits === drawn) return one
    const isLong = hits > drawn / 2
    let chance = 0n
    for (let bits = 1n; bits <= BITS; bits++) {
      const next = 2n * chance + 1n
      const other = (1n << bits) - next
      const total = 1n << (bits * BigInt(drawn))
      // The sum over all hits is the total: of the two tails, the shorter one is quicker to add up.
      const ways = isLong
        ? total - sumUpTo(drawn - hits - 1, other, next)
        : sumUpTo(hits, next, other)
      chance = RARE * ways >= total ? next : next - 1n
    }
    return chance
  })
}

function hypergeometricLimits(drawn: number, segments: number): Limits {
  const total = choose(segments, drawn)
  /** P(X ≤ hits), times `total`: the sum of C(marked, x)·C(unmarked, drawn − x). */
  const atMost = (hits: number, marked: number) => {
    const unmarked = segments - marked
    const fewest = Math.max(0, drawn - unmarked)
    let ways = choose(marked, fewest) * choose(unmarked, drawn - fewest)
    let sum = 0n
    for (let x = fewest; x <= Math.min(hits, marked); x++) {
      sum += ways
      ways =
        (ways * BigInt((marked - x) * (drawn - x))) / BigInt((x + 1) * (unmarked - drawn + x + 1))
    }
    return sum
  }
  return bothSides(drawn, BigInt(segments), (hits) => {
    let [least, most] = [hits, segments]
    while (least < most) {
      const marked = Math.ceil((least + most) / 2)
      if (RARE * atMost(hits, marked) >= total) least = marked
      else most = marked - 1
    }
    return BigInt(least)
  })
}

/** So many hits are so few misses: the lower limit of the one is the upper limit of the other. */
function bothSides(drawn: number, one: bigint, find: (hits: number) => bigint): Limits {
  const found = new Map<number, bigint>()
  const upper = (hits: number) => {
    const limit = found.get(hits) ?? find(hits)
    found.set(hits, limit)
    return limit
  }
  return { one, upper, lower: (hits) => one - upper(drawn - hits) }
}

function choose(from: number, count: number): bigint {
  let ways = 1n
  for (let n = 1; n <= count; n++) ways = (ways * BigInt(from - count + n)) / BigInt(n)
  return ways
}

/** Of a share from 0 to 1, with an error of 1e-20 before it is rounded. */
function quotient(part: bigint, whole: bigint): number {
  return Number((part * 10n ** 20n) / whole) / 1e20
}

/**
 * If so many of the drawn segments have a difference, how many of all segments may have one: limits
 * that are exceeded in one of forty samples. Where less than a twentieth is drawn, drawing makes no
 * difference to what is left, and the binomial distribution serves (Clopper and Pearson, 1934). Else
 * the hypergeometric one does.
 */

/** How rare a sample must be for its cause to be ruled out. */
const RARE = 0.025

/** Two tails that are equal may differ by this much of themselves. */
const ROUNDING = 1e-10

const FEW_DRAWN = 0.05

export abstract class HitLimits {
  readonly #uppers: number[] = []
  protected readonly drawn: number

  static of(drawn: number, segments: number): HitLimits {
    return drawn / segments < FEW_DRAWN
      ? new BinomialLimits(drawn)
      : new HypergeometricLimits(drawn, segments)
  }

  protected constructor(drawn: number) {
    this.drawn = drawn
  }

  /** The largest share of segments with a difference that is not ruled out by so many hits. */
  upper(hits: number): number {
    const known = this.#uppers[hits]
    if (known !== undefined) return known
    const found = this.largest(hits)
    this.#uppers[hits] = found
    return found
  }

  /** The smallest such share: what is no hit has a largest share too. */
  lower(hits: number): number {
    return hits === 0 ? 0 : 1 - this.upper(this.drawn - hits)
  }

  protected abstract largest(hits: number): number
}

class BinomialLimits extends HitLimits {
  readonly #logFactorials: LogFactorials

  constructor(drawn: number) {
    super(drawn)
    this.#logFactorials = new LogFactorials(drawn)
  }

  protected largest(hits: number): number {
    if (hits === this.drawn) return 1
    let [low, high] = [hits / this.drawn, 1]
    // Halved until nothing lies between them.
    for (;;) {
      const middle = (low + high) / 2
      if (middle <= low || middle >= high) return low
      if (this.#tail(hits, middle) >= RARE) low = middle
      else high = middle
    }
  }

  /** The probability of at most so many hits; the share lies above them, so terms fall from the last. */
  #tail(hits: number, share: number): number {
    const odds = share / (1 - share)
    const log =
      this.#logFactorials.choose(this.drawn, hits) +
      hits * Math.log(share) +
      (this.drawn - hits) * Math.log1p(-share)
    let term = Math.exp(log)
    let total = term
    for (let at = hits; at > 0 && term > total * Number.EPSILON; at--) {
      term *= at / ((this.drawn - at + 1) * odds)
      total += term
    }
    return total
  }
}

class HypergeometricLimits extends HitLimits {
  readonly #segments: number
  readonly #logFactorials: LogFactorials

  constructor(drawn: number, segments: number) {
    super(drawn)
    this.#segments = segments
    this.#logFactorials = new LogFactorials(segments)
  }

  protected largest(hits: number): number {
    // So many segments without a difference were seen.
    let high = this.#segments - (this.drawn - hits)
    let low = Math.max(hits, Math.floor((hits * this.#segments) / this.drawn) - 1)
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.#tail(hits, middle) >= RARE * (1 - ROUNDING)) low = middle
      else high = middle - 1
    }
    return low / this.#segments
  }

  #tail(hits: number, marked: number): number {
    const { drawn } = this
    const others = this.#segments - marked
    const { choose } = this.#logFactorials
    const log = choose(marked, hits) + choose(others, drawn - hits) - choose(this.#segments, drawn)
    let term = Math.exp(log)
    let total = term
    for (let at = hits; at > 0 && drawn - at < others; at--) {
      term *= (at * (others - drawn + at)) / ((marked - at + 1) * (drawn - at + 1))
      total += term
      if (term < total * Number.EPSILON) break
    }
    return total
  }
}

class LogFactorials {
  readonly #logs: Float64Array

  constructor(most: number) {
    this.#logs = new Float64Array(most + 1)
    // Kahan's sum: the rounding of a million terms would show.
    let [total, lost] = [0, 0]
    for (let n = 2; n <= most; n++) {
      const term = Math.log(n) - lost
      const next = total + term
      lost = next - total - term
      total = next
      this.#logs[n] = total
    }
  }

  readonly choose = (n: number, k: number): number =>
    (this.#logs[n] as number) - (this.#logs[k] as number) - (this.#logs[n - k] as number)
}

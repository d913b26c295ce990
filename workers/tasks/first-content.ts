/** What a key held before the first of our writes, by what each write found and left. */
import type { SeenItem } from '../../lib/model/pending-recheck.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { UndoKey } from '../../lib/protocol/tasks.ts'

type Step = UndoKey['steps'][number]
type DigestOf = (item: WireItem | null) => SeenItem

/** With so many writes to one key, by several attempts, the way back is looked for only once. */
const MOST_STEPS = 40

/**
 * Finds what the first write found: follows the writes back from what is there now. Entries that do
 * not lead on were refused.
 */
export function targetOf(
  steps: UndoKey['steps'],
  now: SeenItem,
  digestOf: DigestOf,
): WireItem | null | 'there' | 'changed' {
  const digests = steps.map(({ before }) => digestOf(before))
  const way = new WayBack(steps, digests).from(now)
  const first = way.at(-1)
  if (first === undefined) return isFirst(steps, digests, now) ? 'there' : 'changed'
  const target = (steps[first] as Step).before
  return digestOf(target) === now ? 'there' : target
}

/** Whether an attempt began with what is there now. */
const isFirst = (steps: readonly Step[], digests: readonly SeenItem[], now: SeenItem) =>
  steps.some(
    ({ attempt }, at) =>
      steps.findIndex((other) => other.attempt === attempt) === at && digests[at] === now,
  )

/**
 * Ways from a content back to earlier ones. The steps of one attempt are in the order of its writes,
 * so a way takes them from the last to the first. Nor does it go on with a step of an attempt that
 * began after one that it has taken. Attempts at the same time may have written in turn: then more
 * than one step may have left a content, and the longest way is the one that has all writes.
 */
class WayBack {
  readonly #steps: readonly Step[]
  readonly #digests: readonly SeenItem[]
  readonly #isBranched: boolean
  readonly #known = new Map<string, readonly number[]>()

  constructor(steps: readonly Step[], digests: readonly SeenItem[]) {
    this.#steps = steps
    this.#digests = digests
    const attempts = new Set(steps.map(({ attempt }) => attempt))
    this.#isBranched = attempts.size > 1 && steps.length <= MOST_STEPS
  }

  /** Places of the steps to take, from the last write to the first. */
  from(content: SeenItem): readonly number[] {
    return this.#isBranched ? this.#longest(content, new Map()) : this.#latest(content)
  }

  #latest(content: SeenItem): number[] {
    const way: number[] = []
    const ends = new Map<number | undefined, number>()
    for (;;) {
      const [at] = this.#leadingTo(way.length === 0 ? content : this.#before(way), ends)
      if (at === undefined) return way
      ends.set((this.#steps[at] as Step).attempt, at)
      way.push(at)
    }
  }

  readonly #before = (way: readonly number[]) => this.#digests[way.at(-1) as number] as SeenItem

  #longest(content: SeenItem, ends: ReadonlyMap<number | undefined, number>): number[] {
    const name = JSON.stringify([content, [...ends].sort()])
    const known = this.#known.get(name)
    if (known !== undefined) return [...known]
    let longest: number[] = []
    for (const at of this.#leadingTo(content, ends)) {
      const { attempt } = this.#steps[at] as Step
      const further = this.#longest(this.#digests[at] as SeenItem, new Map(ends).set(attempt, at))
      if (further.length + 1 > longest.length) longest = [at, ...further]
    }
    this.#known.set(name, longest)
    return longest
  }

  /** Steps that have left the content and come before all that were taken; the latest first. */
  *#leadingTo(content: SeenItem, ends: ReadonlyMap<number | undefined, number>) {
    const latest = Math.min(...[...ends.values()].map((at) => this.#begunAt(at)))
    for (let at = this.#steps.length - 1; at >= 0; at--) {
      const { attempt, left } = this.#steps[at] as Step
      const isBefore = at < (ends.get(attempt) ?? this.#steps.length) && (attempt ?? 0) <= latest
      if (left === content && isBefore) yield at
    }
  }

  /** The latest attempt that had begun when a step was noted. */
  #begunAt(at: number): number {
    return this.#steps[at]?.begun ?? Number.POSITIVE_INFINITY
  }
}

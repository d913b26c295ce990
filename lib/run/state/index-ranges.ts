/** A set of whole numbers, as ranges: list indexes that are done, most of them neighbours. */
export class Ranges {
  /** `[from, to)`, in order; no two touch. */
  #stretches: [number, number][] = []

  static of(stretches: Iterable<readonly [number, number]>): Ranges {
    const ranges = new Ranges()
    for (const [from, to] of stretches) ranges.add(from, to)
    return ranges
  }

  add(from: number, to: number): void {
    const before = this.#stretches.filter(([, end]) => end < from)
    const after = this.#stretches.filter(([start]) => start > to)
    const touching = this.#stretches.slice(before.length, this.#stretches.length - after.length)
    const merged: [number, number] = [
      Math.min(from, ...touching.map(([start]) => start)),
      Math.max(to, ...touching.map(([, end]) => end)),
    ]
    this.#stretches = [...before, merged, ...after]
  }

  has(number: number): boolean {
    return this.#stretches.some(([from, to]) => number >= from && number < to)
  }

  /** How many numbers are in the set. */
  get size(): number {
    return this.#stretches.reduce((sum, [from, to]) => sum + to - from, 0)
  }

  /** As plain data. */
  all(): [number, number][] {
    return [...this.#stretches]
  }
}

/** Millions of numbers above zero, in eight bytes each: a Set would take five times as much. */

const SMALLEST = 1024

export class NumberSet {
  /** Zero: nothing is there. There are at least twice as many places as numbers. */
  #places = new Float64Array(SMALLEST)
  #size = 0

  /** Returns false if the number was there. Zero counts as one. */
  add(number: number): boolean {
    if (!put(this.#places, number || 1)) return false
    this.#size++
    if (this.#size * 2 > this.#places.length) this.#grow()
    return true
  }

  #grow(): void {
    const larger = new Float64Array(this.#places.length * 2)
    for (const number of this.#places) if (number !== 0) put(larger, number)
    this.#places = larger
  }
}

function put(places: Float64Array, number: number): boolean {
  for (let at = number % places.length; ; at = (at + 1) % places.length) {
    if (places[at] === number) return false
    if (places[at] !== 0) continue
    places[at] = number
    return true
  }
}

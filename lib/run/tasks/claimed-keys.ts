/**
 * Keys of the replica that items of the master have become in this run, by their hashes: two items
 * that become one key are a collision. Takes 27 to 54 bytes for each item.
 */
import { CLAIM_WORDS } from '../../protocol/claim-requests.ts'

const LEAST_SLOTS = 1 << 12

/** What stands in the place of the one item once a second has claimed its key. */
const COLLIDED = 0xffffffff

const ORIGIN = CLAIM_WORDS - 1

export class ClaimedKeys {
  #slots = LEAST_SLOTS
  #words = new Uint32Array(LEAST_SLOTS * CLAIM_WORDS)
  #taken = 0
  readonly #onCollision: () => void

  /** `onCollision` is called once for each key that a second item claims. */
  constructor(onCollision: () => void) {
    this.#onCollision = onCollision
  }

  /** Enters claims; returns those on keys that another item has claimed, or that have collided. */
  enter(claims: Uint32Array): number[] {
    const collided: number[] = []
    for (let at = 0; at * CLAIM_WORDS < claims.length; at++) {
      if (!this.#enterOne(claims, at * CLAIM_WORDS)) collided.push(at)
    }
    return collided
  }

  #enterOne(claims: Uint32Array, from: number): boolean {
    if (this.#taken * 4 >= this.#slots * 3) this.#grow()
    const origin = originIn(claims, from)
    const slot = this.#slotOf(claims, from)
    const known = this.#words[slot + ORIGIN] as number
    if (known === 0) {
      this.#words.set(claims.subarray(from, from + ORIGIN), slot)
      this.#words[slot + ORIGIN] = origin
      this.#taken++
      return true
    }
    if (known === origin) return true
    if (known !== COLLIDED) {
      this.#words[slot + ORIGIN] = COLLIDED
      this.#onCollision()
    }
    return false
  }

  /** Where the key stands, or where it is to stand. */
  #slotOf(claims: Uint32Array, from: number): number {
    for (let at = (claims[from] as number) % this.#slots; ; at = (at + 1) % this.#slots) {
      const slot = at * CLAIM_WORDS
      if (this.#words[slot + ORIGIN] === 0 || this.#isAt(slot, claims, from)) return slot
    }
  }

  #isAt(slot: number, claims: Uint32Array, from: number): boolean {
    for (let word = 0; word < ORIGIN; word++) {
      if (this.#words[slot + word] !== claims[from + word]) return false
    }
    return true
  }

  #grow(): void {
    const before = this.#words
    this.#slots *= 2
    this.#words = new Uint32Array(this.#slots * CLAIM_WORDS)
    for (let from = 0; from < before.length; from += CLAIM_WORDS) {
      if (before[from + ORIGIN] === 0) continue
      this.#words.set(before.subarray(from, from + CLAIM_WORDS), this.#slotOf(before, from))
    }
  }
}

/** Neither of the two words that mean something else. */
const originIn = (claims: Uint32Array, from: number) =>
  Math.min(Math.max(claims[from + ORIGIN] as number, 1), COLLIDED - 1)

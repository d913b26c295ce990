/** The members of one object, as positions of their names and values in its bytes. */
import { eachMember, sameSpan, stringOf, valueEnd } from './json-bytes.ts'

/** Namesakes are searched for one by one. For more members, making a digest is faster. */
const MOST_MEMBERS = 64

/** Reused for one object after the other. */
export class Members {
  bytes: Uint8Array = new Uint8Array(0)
  count = 0
  /** Whether there are more members than are compared here. */
  areTooMany = false
  readonly #spans = new Int32Array(MOST_MEMBERS * 4)
  /** Members whose namesake was found. */
  readonly #met = new Uint8Array(MOST_MEMBERS)

  note(bytes: Uint8Array, start: number): void {
    this.#begin(bytes)
    eachMember(bytes, start, (nameStart, nameEnd, value) => {
      const end = valueEnd(bytes, value)
      this.#add(nameStart, nameEnd, value, end)
      return end
    })
  }

  #begin(bytes: Uint8Array): void {
    this.bytes = bytes
    this.count = 0
    this.areTooMany = false
    this.#met.fill(0)
  }

  /** Notes that a member met its namesake. False: it had met one before, so a name comes twice. */
  meet(member: number): boolean {
    if (this.#met[member] === 1) return false
    this.#met[member] = 1
    return true
  }

  readonly #add = (nameStart: number, nameEnd: number, value: number, valueEnd: number) => {
    if (this.count === MOST_MEMBERS) {
      this.areTooMany = true
      return
    }
    const at = this.count++ * 4
    this.#spans[at] = nameStart
    this.#spans[at + 1] = nameEnd
    this.#spans[at + 2] = value
    this.#spans[at + 3] = valueEnd
  }

  nameStart = (member: number) => this.#spans[member * 4] as number
  nameEnd = (member: number) => this.#spans[member * 4 + 1] as number
  valueStart = (member: number) => this.#spans[member * 4 + 2] as number
  valueEnd = (member: number) => this.#spans[member * 4 + 3] as number

  name(member: number): string {
    return stringOf(this.bytes, this.nameStart(member), this.nameEnd(member))
  }

  /** The index of the member with the same name as a member of the other object; -1: none. */
  namesakeOf(other: Members, member: number): number {
    const start = other.nameStart(member)
    const end = other.nameEnd(member)
    // Most namesakes are at the same index.
    for (let tried = 0; tried < this.count; tried++) {
      const own = (member + tried) % this.count
      const ownStart = this.nameStart(own)
      if (sameSpan(other.bytes, start, end, this.bytes, ownStart, this.nameEnd(own))) return own
    }
    return -1
  }

  /** How many members have the same name, spelt the same, as a member of an object. */
  namesakesOf(other: Members, member: number): number {
    const start = other.nameStart(member)
    const end = other.nameEnd(member)
    let count = 0
    for (let own = 0; own < this.count; own++) {
      const ownStart = this.nameStart(own)
      if (sameSpan(other.bytes, start, end, this.bytes, ownStart, this.nameEnd(own))) count++
    }
    return count
  }
}

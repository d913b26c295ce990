/** The members of one object, by the places of their names and values in its bytes. */
import { eachMember, sameSpan, stringOf, valueEnd } from './json-bytes.ts'

/** Namesakes are looked for one by one: of more members a digest is made sooner. */
const MOST_MEMBERS = 64

/** Used again for one object after the other. */
export class Members {
  bytes: Uint8Array = new Uint8Array(0)
  count = 0
  /** More than are compared here. */
  areTooMany = false
  readonly #spans = new Int32Array(MOST_MEMBERS * 4)
  /** Members that have met their namesake. */
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

  /** Notes that a member has met its namesake; false where it had before: a name comes twice. */
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

  /** The place of the member that is called as one of the other object's; -1 where none is. */
  namesakeOf(other: Members, member: number): number {
    const start = other.nameStart(member)
    const end = other.nameEnd(member)
    // Most of them stand at the same place after all.
    for (let tried = 0; tried < this.count; tried++) {
      const own = (member + tried) % this.count
      const ownStart = this.nameStart(own)
      if (sameSpan(other.bytes, start, end, this.bytes, ownStart, this.nameEnd(own))) return own
    }
    return -1
  }
}

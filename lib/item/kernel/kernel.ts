/**
 * Holds pages in the memory of a WebAssembly kernel, which walks their bytes several times as fast
 * as JavaScript. What the kernel does not find plain, or is not sure of, is left to `walkItems` and
 * to the comparer. They are the reference: the kernel says nothing that they would not say.
 */
import type { Bytes } from '../../model/units.ts'
import { type Extent, type ItemPage, isPlain, type KeyNames, STRIDE } from '../page.ts'
import { WASM } from './wasm.ts'

/** Only what is used here: the types of Node.js have it only together with a browser's types. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  freeFrom(): number
  namePlace(part: 0 | 1, length: number): number
  starts(page: number, from: number, to: number, into: number, most: number): number
  endOfWalk(): number
  walk(page: number, at: number, length: number, spans: number, most: number): number
  equalRun(
    ...sides: [
      ...[a: number, aSpans: number, aCount: number],
      ...[b: number, bSpans: number, bCount: number],
    ]
  ): number
}

/** The kernel reads this far beyond the bytes that it needs. */
const PADDING: Bytes = 64

/** WebAssembly's memory grows by multiples of this. */
const MEMORY_PAGE: Bytes = 64 << 10

const INT_BYTES = Int32Array.BYTES_PER_ELEMENT

/** A place in the kernel's memory; each of the two pages that are compared has one. */
interface Place {
  at: number
  /** The page that lies there. */
  bytes: Uint8Array | undefined
  spans: Int32Array | undefined
  spansAt: number
}

const newPlace = (): Place => ({ at: 0, bytes: undefined, spans: undefined, spansAt: 0 })

class Kernel {
  readonly #exports: Exports
  readonly #places: readonly [Place, Place] = [newPlace(), newPlace()]
  /** The size of each place. */
  #room: Bytes = 0
  #last: Place
  #names: KeyNames | undefined

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(WASM, 'base64'))
    this.#exports = new WebAssembly.Instance(module).exports as Exports
    this.#last = this.#places[1]
  }

  /**
   * Where the items of a plain list stand, as `STRIDE` numbers for each item.
   *
   * @param start of the list, its bracket included
   * @param end after its closing bracket
   * @returns undefined: the list is not plain, or does not hold `count` items
   */
  walk(
    bytes: Uint8Array,
    { start, end, count }: { readonly start: number; readonly end: number; readonly count: number },
    names: KeyNames,
  ): Int32Array | undefined {
    const walked = this.#walk(bytes, { start, end, most: count }, names)
    if (walked?.end !== end || walked.spans.length !== count * STRIDE) return undefined
    walked.place.spans = walked.spans
    return walked.spans
  }

  /** The same for a list of at most so many items, which ends somewhere before the last byte. */
  walkList(
    bytes: Uint8Array,
    { start, most }: { readonly start: number; readonly most: number },
    names: KeyNames,
  ): { readonly spans: Int32Array; readonly end: number } | undefined {
    return this.#walk(bytes, { start, end: bytes.length, most }, names)
  }

  #walk(
    bytes: Uint8Array,
    { start, end, most }: { readonly start: number; readonly end: number; readonly most: number },
    names: KeyNames,
  ): { readonly spans: Int32Array; readonly end: number; readonly place: Place } | undefined {
    if (!this.#setNames(names)) return undefined
    const place = this.#otherThan(this.#last)
    this.#put(place, bytes, end, most)
    const { walk, endOfWalk, memory } = this.#exports
    const count = walk(place.at, start, end, place.spansAt, most)
    if (count < 0) return undefined
    const spans = new Int32Array(memory.buffer, place.spansAt, count * STRIDE).slice()
    return { spans, end: endOfWalk(), place }
  }

  /**
   * Where each item of a plain list begins. Strings and brackets are looked at, and nothing else.
   *
   * @returns undefined: the list is not plain, or does not hold `count` items
   */
  starts(bytes: Uint8Array, { start, end }: Extent, count: number): Int32Array | undefined {
    const place = this.#otherThan(this.#last)
    this.#put(place, bytes, end, count)
    const { starts, memory } = this.#exports
    if (starts(place.at, start, end, place.spansAt, count) !== count) return undefined
    return new Int32Array(memory.buffer, place.spansAt, count).slice()
  }

  /** How many items from `i` and `j` on are pairs that are surely equal. */
  equalRun(a: ItemPage, i: number, b: ItemPage, j: number): number {
    const known = this.#placeOf(a)
    const other = this.#placeOf(b, known)
    const mine = known ?? this.#load(this.#otherThan(other ?? this.#last), a)
    const others = other ?? this.#load(this.#otherThan(mine), b)
    // Making room for one page may have thrown the other out.
    if (mine.bytes !== a.bytes) return this.equalRun(a, i, b, j)
    this.#last = others
    const skipped = STRIDE * INT_BYTES
    return this.#exports.equalRun(
      ...[mine.at, mine.spansAt + i * skipped, a.count - i],
      ...([others.at, others.spansAt + j * skipped, b.count - j] as const),
    )
  }

  #placeOf({ bytes, spans }: ItemPage, except?: Place): Place | undefined {
    return this.#places.find(
      (place) => place !== except && place.bytes === bytes && place.spans === spans,
    )
  }

  #otherThan(place: Place): Place {
    return this.#places[0] === place ? this.#places[1] : this.#places[0]
  }

  #load(place: Place, page: ItemPage): Place {
    const { bytes, spans, count } = page
    this.#put(place, bytes, isPlain(page) ? page.extent.end + 1 : bytes.length, count)
    place.spans = spans
    new Int32Array(this.#exports.memory.buffer, place.spansAt, spans.length).set(spans)
    return place
  }

  /** Copies a page's bytes up to `end` to a place, and leaves room for its spans. */
  #put(place: Place, bytes: Uint8Array, end: number, count: number): void {
    const spansAt = aligned(end + PADDING)
    const needed = spansAt + count * STRIDE * INT_BYTES
    if (needed > this.#room) this.#makeRoom(needed)
    this.#last = place
    place.bytes = bytes
    place.spans = undefined
    place.spansAt = place.at + spansAt
    const { buffer } = this.#exports.memory
    new Uint8Array(buffer, place.at, end).set(bytes.subarray(0, end))
  }

  /** Makes two larger places, which are empty. */
  #makeRoom(needed: Bytes): void {
    const { memory } = this.#exports
    const from = this.#exports.freeFrom()
    // The next page may be a little larger.
    this.#room = aligned(needed + needed / 8)
    const [first, second] = this.#places
    first.at = from
    second.at = from + this.#room
    first.bytes = undefined
    second.bytes = undefined
    const missing = second.at + this.#room + PADDING - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / MEMORY_PAGE))
  }

  /** Gives the kernel the key's names. False: JSON may spell one of them in several ways. */
  #setNames(names: KeyNames): boolean {
    if (this.#names === names) return true
    const { partition, sort } = names
    if (!isPlainName(partition) || (sort !== undefined && !isPlainName(sort))) return false
    const { memory, namePlace } = this.#exports
    const write = (part: 0 | 1, name: Uint8Array) =>
      new Uint8Array(memory.buffer, namePlace(part, name.length), name.length).set(name)
    write(0, partition)
    if (sort === undefined) namePlace(1, -1)
    else write(1, sort)
    this.#names = names
    return true
  }
}

const aligned = (bytes: Bytes) => Math.ceil(bytes / PADDING) * PADDING

/** Whether a key's attribute may have a name so long, and JSON escapes nothing in it. */
function isPlainName(name: Uint8Array): boolean {
  return name.length <= 255 && name.every((byte) => byte >= 0x20 && byte !== 0x22 && byte !== 0x5c)
}

let kernel: Kernel | undefined

/** One kernel for each thread, made when first needed: no call of it pauses. */
export function theKernel(): Kernel {
  kernel ??= new Kernel()
  return kernel
}

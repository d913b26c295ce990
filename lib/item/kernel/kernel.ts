/**
 * Holds pages in the memory of a WebAssembly kernel, which walks their bytes several times as fast
 * as JavaScript. What the kernel does not find plain, or is not sure of, is left to `walkItems` and
 * to the comparer. They are the reference: the kernel says nothing that they would not say.
 */
import type { Bytes } from '../../model/units.ts'
import type { Alike, Place } from '../bytes/alike.ts'
import { type Extent, type KeyNames, STRIDE } from '../page.ts'
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
  alikeRun(
    ...asked: [
      ...[a: number, aAt: number, aEnd: number],
      ...[b: number, bAt: number, bEnd: number],
      most: number,
    ]
  ): number
  afterRun(side: 0 | 1): number
}

/** The kernel reads this far beyond the bytes that it needs. */
const PADDING: Bytes = 64

/** WebAssembly's memory grows by multiples of this. */
const MEMORY_PAGE: Bytes = 64 << 10

const INT_BYTES = Int32Array.BYTES_PER_ELEMENT

/** A room in the kernel's memory; each of the two pages that are compared has one. */
interface Room {
  at: number
  /** What lies there. */
  bytes: Uint8Array | undefined
  /** Up to here. */
  end: number
  /** Where results go. */
  resultsAt: number
}

const newRoom = (): Room => ({ at: 0, bytes: undefined, end: 0, resultsAt: 0 })

class Kernel {
  readonly #exports: Exports
  readonly #rooms: readonly [Room, Room] = [newRoom(), newRoom()]
  /** The size of each room. */
  #size: Bytes = 0
  #last: Room
  #names: KeyNames | undefined

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(WASM, 'base64'))
    this.#exports = new WebAssembly.Instance(module).exports as Exports
    this.#last = this.#rooms[1]
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
    return walked?.end === end && walked.count === count ? walked.spans.slice() : undefined
  }

  /**
   * Where the last item of a plain list begins.
   *
   * @returns undefined: the list is not plain, or does not hold `count` items, each with its key
   */
  lastStart(
    bytes: Uint8Array,
    { start, end, count }: { readonly start: number; readonly end: number; readonly count: number },
    names: KeyNames,
  ): number | undefined {
    const walked = this.#walk(bytes, { start, end, most: count }, names)
    return walked?.end === end && walked.count === count ? walked.spans.at(-STRIDE) : undefined
  }

  /** As `walk`, for a list of at most so many items, which ends somewhere before the last byte. */
  walkList(
    bytes: Uint8Array,
    { start, most }: { readonly start: number; readonly most: number },
    names: KeyNames,
  ): { readonly spans: Int32Array; readonly end: number } | undefined {
    const walked = this.#walk(bytes, { start, end: bytes.length, most }, names)
    return walked && { spans: walked.spans.slice(), end: walked.end }
  }

  /** The spans are a view of the kernel's memory, and valid until its next call. */
  #walk(
    bytes: Uint8Array,
    { start, end, most }: { readonly start: number; readonly end: number; readonly most: number },
    names: KeyNames,
  ): { readonly count: number; readonly spans: Int32Array; readonly end: number } | undefined {
    if (!this.#setNames(names)) return undefined
    const room = this.#otherThan(this.#last)
    this.#put(room, bytes, end, most)
    const { walk, endOfWalk, memory } = this.#exports
    const count = walk(room.at, start, end, room.resultsAt, most)
    if (count < 0) return undefined
    const spans = new Int32Array(memory.buffer, room.resultsAt, count * STRIDE)
    return { count, spans, end: endOfWalk() }
  }

  /**
   * Where each item of a plain list begins. Strings and brackets are looked at, and nothing else.
   *
   * @returns undefined: the list is not plain, or does not hold `count` items
   */
  starts(bytes: Uint8Array, { start, end }: Extent, count: number): Int32Array | undefined {
    const room = this.#otherThan(this.#last)
    this.#put(room, bytes, end, count)
    const { starts, memory } = this.#exports
    if (starts(room.at, start, end, room.resultsAt, count) !== count) return undefined
    return new Int32Array(memory.buffer, room.resultsAt, count).slice()
  }

  /** The items from here on that are surely equal on both pages. */
  alikeRun(a: Place, b: Place): Alike {
    const known = this.#roomOf(a)
    const other = this.#roomOf(b, known)
    const mine = known ?? this.#load(this.#otherThan(other ?? this.#last), a)
    const theirs = other ?? this.#load(this.#otherThan(mine), b)
    // Making room for one page may have thrown the other out.
    if (mine.bytes !== a.page.bytes || theirs.bytes !== b.page.bytes) return this.alikeRun(a, b)
    this.#last = theirs
    const count = this.#exports.alikeRun(
      ...[mine.at, a.at, a.end],
      ...([theirs.at, b.at, b.end] as const),
      Math.min(a.page.count - a.item, b.page.count - b.item),
    )
    return { count, a: this.#exports.afterRun(0), b: this.#exports.afterRun(1) }
  }

  #roomOf({ page, end }: Place, except?: Room): Room | undefined {
    return this.#rooms.find(
      (room) => room !== except && room.bytes === page.bytes && room.end >= end,
    )
  }

  #otherThan(room: Room): Room {
    return this.#rooms[0] === room ? this.#rooms[1] : this.#rooms[0]
  }

  #load(room: Room, { page, end }: Place): Room {
    this.#put(room, page.bytes, end, 0)
    return room
  }

  /** Copies a page's bytes up to `end` to a room, and leaves space for results of so many items. */
  #put(room: Room, bytes: Uint8Array, end: number, count: number): void {
    const resultsAt = aligned(end + PADDING)
    const needed = resultsAt + count * STRIDE * INT_BYTES
    if (needed > this.#size) this.#makeRooms(needed)
    this.#last = room
    room.resultsAt = room.at + resultsAt
    if (room.bytes === bytes && room.end >= end) return
    room.bytes = bytes
    room.end = end
    const { buffer } = this.#exports.memory
    new Uint8Array(buffer, room.at, end).set(bytes.subarray(0, end))
  }

  /** Makes two larger rooms, which are empty. */
  #makeRooms(needed: Bytes): void {
    const { memory } = this.#exports
    const from = this.#exports.freeFrom()
    // The next page may be a little larger.
    this.#size = aligned(needed + needed / 8)
    const [first, second] = this.#rooms
    first.at = from
    second.at = from + this.#size
    first.bytes = undefined
    second.bytes = undefined
    const missing = second.at + this.#size + PADDING - memory.buffer.byteLength
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

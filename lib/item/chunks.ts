/** The bytes of a response in the chunks that they came in, put together once somebody needs them in one piece. */

/** A chunk, and the place of its first byte among all. */
interface Chunk {
  readonly bytes: Buffer
  readonly start: number
}

export class Chunks {
  readonly length: number
  #chunks: readonly Chunk[]

  constructor(chunks: readonly Buffer[]) {
    let length = 0
    this.#chunks = chunks.map((bytes) => {
      const start = length
      length += bytes.length
      return { bytes, start }
    })
    this.length = length
  }

  *[Symbol.iterator](): Generator<Buffer> {
    for (const { bytes } of this.#chunks) yield bytes
  }

  /** All of them in one piece, which takes the place of the chunks. */
  get whole(): Buffer {
    const [first] = this.#chunks
    if (first !== undefined && this.#chunks.length === 1) return first.bytes
    const bytes = Buffer.concat([...this], this.length)
    this.#chunks = [{ bytes, start: 0 }]
    return bytes
  }

  at(place: number): number | undefined {
    const chunk = this.#chunks[this.#indexOf(place)]
    return chunk?.bytes[place - chunk.start]
  }

  /** The bytes from `from` up to `to`; a copy only where they lie in several chunks. */
  slice(from: number, to: number): Buffer {
    const pieces: Buffer[] = []
    for (let index = this.#indexOf(from); index < this.#chunks.length; index++) {
      const { bytes, start } = this.#chunks[index] as Chunk
      if (start >= to) break
      pieces.push(bytes.subarray(Math.max(from - start, 0), to - start))
    }
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
  }

  /** Whether two neighbouring bytes stand anywhere from `from` up to `to`. */
  hasPair(pair: Buffer, from: number, to: number): boolean {
    for (let index = this.#indexOf(from); index < this.#chunks.length; index++) {
      const { bytes, start } = this.#chunks[index] as Chunk
      if (start >= to) break
      const found = bytes.indexOf(pair, Math.max(from - start, 0))
      if (found !== -1 && start + found + 1 < to) return true
      const next = start + bytes.length
      const isSplit = bytes.at(-1) === pair[0] && this.at(next) === pair[1]
      if (isSplit && next > from && next < to) return true
    }
    return false
  }

  /** Whether so many bytes from `from` on are those of `other` from `otherFrom` on. */
  hasSame(from: number, other: Chunks, otherFrom: number, length: number): boolean {
    let own = this.#indexOf(from)
    let theirs = other.#indexOf(otherFrom)
    for (let done = 0; done < length; ) {
      const a = this.#chunks[own]
      const b = other.#chunks[theirs]
      if (a === undefined || b === undefined) return false
      const i = from + done - a.start
      const j = otherFrom + done - b.start
      const most = Math.min(length - done, a.bytes.length - i, b.bytes.length - j)
      if (a.bytes.compare(b.bytes, j, j + most, i, i + most) !== 0) return false
      done += most
      if (i + most === a.bytes.length) own++
      if (j + most === b.bytes.length) theirs++
    }
    return true
  }

  /** The chunk that a byte lies in; of no byte that there is, one past the last. */
  #indexOf(place: number): number {
    const index = this.#chunks.findLastIndex(({ start }) => start <= place)
    return place < this.length ? index : this.#chunks.length
  }
}

/**
 * A sum of keyed digests: it stands for a set of items in whatever order they come. SHA-256 of each
 * is added in four lanes of 64 bits, modulo 2^64. Without the key nobody can look for other items of
 * the same sum, so that a plain sum is safe.
 */
import { hash } from 'node:crypto'

/** Eight halves of the four lanes. */
const HALVES = 8
const BYTES = 32

export class KeyedSum {
  readonly #lanes = new Uint32Array(HALVES)
  readonly #key: Buffer
  #items = 0
  #buffer = Buffer.alloc(4096)

  /** @param key secret, in base64 */
  constructor(key: string) {
    this.#key = Buffer.from(key, 'base64')
    this.#key.copy(this.#buffer)
  }

  get items(): number {
    return this.#items
  }

  /** @param text canonical: the same for equal items only */
  add(text: string): void {
    const { length } = this.#key
    const most = length + text.length * 3
    if (most > this.#buffer.length) {
      this.#buffer = Buffer.alloc(most * 2)
      this.#key.copy(this.#buffer)
    }
    const end = length + this.#buffer.write(text, length)
    this.#items++
    this.#addDigest(hash('sha256', this.#buffer.subarray(0, end), 'buffer'))
  }

  /** Adds another sum under the same key. */
  addSum(sum: string, items: number): void {
    this.#items += items
    this.#addDigest(Buffer.from(sum, 'base64'))
  }

  /** 32 bytes in base64. */
  get sum(): string {
    const bytes = Buffer.alloc(BYTES)
    for (const [at, half] of this.#lanes.entries()) bytes.writeUInt32LE(half, at * 4)
    return bytes.toString('base64')
  }

  #addDigest(digest: Buffer): void {
    const lanes = this.#lanes
    for (let low = 0; low < HALVES; low += 2) {
      const sum = (lanes[low] as number) + digest.readUInt32LE(low * 4)
      const carry = sum > 0xffffffff ? 1 : 0
      lanes[low] = sum
      lanes[low + 1] = (lanes[low + 1] as number) + digest.readUInt32LE(low * 4 + 4) + carry
    }
  }
}

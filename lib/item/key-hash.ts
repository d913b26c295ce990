/** Hashes of keys, to find equal keys by: a key has one hash, however it is spelt. */
import type { KeySchema } from '../model/tables/table.ts'
import { canonicalKeyOf, canonicalPart, isPlainString, sameKeyBytes } from './key.ts'
import { type ItemPage, STRIDE } from './page.ts'

/** FNV-1a, of 32 bits. */
const BASIS = 0x811c9dc5 | 0
const PRIME = 0x01000193

/** Where an item's key stands, and its hash. */
export interface Keyed {
  readonly page: ItemPage
  readonly item: number
  /** 32 bits of the key. */
  readonly hash: number
}

export const keyed = (page: ItemPage, item: number, schema: KeySchema): Keyed => ({
  page,
  item,
  hash: keyHash(page, item, schema),
})

function keyHash(page: ItemPage, item: number, schema: KeySchema): number {
  const { bytes, spans } = page
  const base = item * STRIDE
  let hash = withPart(BASIS, bytes, spans[base + 2] as number, spans[base + 3] as number)
  if (schema.length > 1) {
    hash = withPart(hash, bytes, spans[base + 4] as number, spans[base + 5] as number)
  }
  // The lowest bits alone must tell keys apart.
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return mixed ^ (mixed >>> 13)
}

/** Whether two items have the same key, however it is spelt. */
export function sameKey(a: Keyed, b: Keyed, schema: KeySchema): boolean {
  if (a.hash !== b.hash) return false
  return (
    sameKeyBytes(a.page, a.item, b.page, b.item) ||
    canonicalKeyOf(a.page, a.item, schema) === canonicalKeyOf(b.page, b.item, schema)
  )
}

/** Hashes the canonical spelling, which is not built if the page has it already. */
function withPart(before: number, bytes: Uint8Array, start: number, end: number): number {
  if (!isPlainString(bytes, start, end)) return withText(before, canonicalPart(bytes, start, end))
  let hash = Math.imul(before ^ 0x53, PRIME)
  for (let at = start + 6; at < end - 2; at++) {
    hash = Math.imul(hash ^ (bytes[at] as number), PRIME)
  }
  return hash
}

function withText(before: number, canonical: string): number {
  let hash = before
  for (let at = 0; at < canonical.length; at++) {
    hash = Math.imul(hash ^ canonical.charCodeAt(at), PRIME)
  }
  return hash
}

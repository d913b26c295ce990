import type { Bytes } from '../model/units.ts'

/** Read by nobody; what it held before is the garbage. */
export const kept: { last: unknown } = { last: undefined }

const ELEMENT_BYTES: Bytes = 8

/**
 * Makes garbage in V8's young generation, half as much as the chunk that goes
 * with it. A chunk's buffer lies outside the heap, and is freed when the young
 * generation is collected, which is when that is full of objects. Reading makes
 * few of those: long before, V8 comes to its limit for what lies outside, and
 * marks all that lives, at many times the price.
 */
export function hastenCollection(chunk: Bytes): void {
  kept.last = new Array(Math.floor(chunk / 2 / ELEMENT_BYTES))
}

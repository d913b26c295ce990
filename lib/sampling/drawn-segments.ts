/** Which segments a sample reads: so many, at random, each once. */
import { MOST_SEGMENTS } from '../model/tables/most-segments.ts'
import type { Bytes } from '../model/units.ts'

/**
 * Many small segments say more than few large ones: whatever is alike lies together. But each ends
 * in a page whose last read unit is half empty, which costs a twelfth more at this size.
 */
const SEGMENT_BYTES: Bytes = 24 << 10

/** Some engines take no more. */
const MOST_ELSEWHERE = 4_096

/** Of a table whose size nobody knows: a small one with more would take more units than a scan. */
const UNKNOWN = 64

/** @param bytes undefined or 0: nobody knows */
export function segmentsToDrawFrom(bytes: Bytes | undefined, isOfService: boolean): number {
  const most = isOfService ? MOST_SEGMENTS : MOST_ELSEWHERE
  if (bytes === undefined || bytes === 0) return UNKNOWN
  return Math.min(Math.max(Math.ceil(bytes / SEGMENT_BYTES), 1), most)
}

/** The same seed draws the same segments of as many. */
export function drawnSegments(segments: number, share: number, seed: number): number[] {
  const wanted = Math.min(Math.max(Math.round(segments * share), 1), segments)
  const random = randomFrom(seed)
  // Fisher and Yates, on an array of which only the moved places are kept.
  const moved = new Map<number, number>()
  return Array.from({ length: wanted }, (_, at) => {
    const other = at + Math.floor(random() * (segments - at))
    const drawn = moved.get(other) ?? other
    moved.set(other, moved.get(at) ?? at)
    return drawn
  }).sort((a, b) => a - b)
}

/** Numbers from 0 up to 1: splitmix32. */
function randomFrom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

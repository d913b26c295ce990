/** How many segments a fingerprint has. */
import type { Bytes } from '../model/units.ts'

/** With as many, the file stays under 300 KB. Some engines take no more. */
const MOST = 4096

/** Each segment may take half a read unit more than its items: under a thousandth of the scan. */
const SEGMENT_BYTES: Bytes = 4 << 20

/** Of a table whose size nobody knows. */
const UNKNOWN = 64

export function fingerprintSegments(bytes: Bytes | undefined): number {
  if (bytes === undefined || bytes === 0) return UNKNOWN
  return Math.min(Math.max(Math.ceil(bytes / SEGMENT_BYTES), 1), MOST)
}

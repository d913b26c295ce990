/**
 * Tables that are computed, not stored: item `i` is always the same, so 10^7 items need no room.
 * The name holds everything: see `table-name.ts`.
 */

/**
 * How a table differs from the `base` of the same size. `copy`: equal. `drift1`, `drift3`,
 * `drift50`: that many percent of the items differ, are missing or are extra, in equal parts or
 * nearly so. `drift`: as the other fields say. `changed`: every item differs. `disjoint`: no key in
 * common. `empty`: no items. `gap`: a contiguous tenth is missing. `runs`, `half`: half is missing,
 * in runs or at random. `reordered`: equal, with the attributes of every item in another order.
 * `shuffled`: equal, scanned in another order.
 */
export type Variant =
  | 'base'
  | 'copy'
  | 'drift'
  | 'drift1'
  | 'drift3'
  | 'drift50'
  | 'changed'
  | 'disjoint'
  | 'empty'
  | 'gap'
  | 'runs'
  | 'half'
  | 'reordered'
  | 'shuffled'

export type Kind = 'missing' | 'differing' | 'extra'

/** What a differing item has changed: its first attribute behind the key, or its last one. */
export type Change = 'firstSame' | 'firstOther' | 'lastSame' | 'lastOther'

/** What items are like. `logNormal`: of very different sizes. The others are hard to read. */
export type Shape = 'plain' | 'logNormal' | 'escapes' | 'boundaries'

export interface GeneratedTable {
  readonly variant: Variant
  readonly items: number
  /** About how many bytes an item takes on the wire; with log-normal sizes, the median's filler. */
  readonly bytes: number
  /** @default 'plain' */
  readonly shape?: Shape
  /** Of a `drift`: how many of a million items are of each kind. @default 0 */
  readonly perMillion?: number
  /** Of a `drift`. @default all three */
  readonly kinds?: readonly Kind[]
  /** Of a `drift`: each by itself, or many in a row. @default 'scattered' */
  readonly place?: 'scattered' | 'inRuns'
  /** Of a `drift`. The value of the attribute stays as long as it was, or not. */
  readonly change?: Change
  /** What is pseudo-random follows from it. @default 0 */
  readonly seed?: number
  /** How large a page of a Scan is on the wire. @default as large as the service's */
  readonly pageBytes?: number
  /** Of a `base` or `copy`: all items are alike but for their keys, so pages cost little to make. */
  readonly isEven?: boolean
  /** Whether answers lack `x-amz-crc32`. */
  readonly isUnsummed?: boolean
  /** Tells apart tables that are alike otherwise: what is written to one is not in the other. */
  readonly instance?: number
}

/**
 * Tables that are computed, not stored: item `i` is always the same, so 10^7 items need no room.
 * The name holds everything: `gen.<variant>.<items>.<bytes>`.
 */

/**
 * How a table differs from the `base` of the same size. `copy`: equal. `drift1`, `drift3`,
 * `drift50`: that many percent of the items differ, are missing or are extra, in equal parts or
 * nearly so. `changed`: every item differs. `disjoint`: no key in common. `empty`: no items. `gap`:
 * a contiguous tenth is missing. `runs`, `half`: half is missing, in runs or at random.
 * `reordered`: equal, with the attributes of every item in another order. `shuffled`: equal,
 * scanned in another order.
 */
export type Variant =
  | 'base'
  | 'copy'
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

export interface GeneratedTable {
  readonly variant: Variant
  readonly items: number
  /** About how many bytes an item takes on the wire. */
  readonly bytes: number
}

export function tableName({ variant, items, bytes }: GeneratedTable): string {
  return `gen.${variant}.${items}.${bytes}`
}

export function parseTableName(name: string): GeneratedTable {
  const [, variant, items, bytes] = name.split('.')
  return { variant: variant as Variant, items: Number(items), bytes: Number(bytes) }
}

const FIXED = itemOf('base', 0, '').length

/** The items at a position: none, one, or one and an extra behind it. */
export function itemsAt({ variant, items, bytes }: GeneratedTable, position: number): string[] {
  const filler = 'x'.repeat(Math.max(0, bytes - FIXED))
  switch (variant) {
    case 'empty':
      return []
    case 'gap':
      return position >= items * 0.4 && position < items * 0.5
        ? []
        : [itemOf('base', position, filler)]
    case 'runs':
      return position % 1400 < 700 ? [] : [itemOf('base', position, filler)]
    case 'half':
      return isHeads(position) ? [] : [itemOf('base', position, filler)]
    case 'shuffled':
      return [itemOf('base', shuffledPosition(position, items), filler)]
    case 'drift1':
      return drifted(position % 300, position, filler)
    case 'drift3':
      return drifted(position % 100, position, filler)
    case 'drift50':
      // Places 6 to 8 mean the same as above, and places 1 and 2 the same as 6 and 7.
      return drifted(position % 10 < 3 ? (position % 10) + 5 : position % 10, position, filler)
    default:
      return [itemOf(variant, position, filler)]
  }
}

/** Pseudo-random, and always the same for a position. */
const isHeads = (position: number) => (Math.imul(position + 1, 0x9e3779b1) >>> 16) % 2 === 0

/** A prime: no table has as many items, so that each item gets a position of its own. */
const STEP = 7_368_787

const shuffledPosition = (position: number, items: number) => (position * STEP) % items

function drifted(place: number, position: number, filler: string): string[] {
  if (place === 7) return []
  if (place === 8) {
    return [itemOf('base', position, filler), itemOf('disjoint', position, filler)]
  }
  return [itemOf(place === 6 ? 'changed' : 'base', position, filler)]
}

function itemOf(variant: Variant, position: number, filler: string): string {
  const number = String(position).padStart(10, '0')
  const id = `"id":{"S":"${variant === 'disjoint' ? 'other' : 'order'}-${number}"}`
  const state = `"state":{"S":"${variant === 'changed' ? 'unpaid' : 'paid'}"}`
  const rest = [
    `"total":{"N":"${position}.25"}`,
    `"tags":{"SS":["a","b"]}`,
    `"address":{"M":{"city":{"S":"Berlin"},"zip":{"S":"10999"}}}`,
    `"note":{"S":"${filler}"}`,
  ]
  const attributes = variant === 'reordered' ? [...rest, state, id] : [id, state, ...rest]
  return `{${attributes.join(',')}}`
}

/** The position of a key; undefined for a key that no generated table has. */
export function positionOf(key: string): number | undefined {
  const match = /(?:order|other)-(\d{10})/.exec(key)
  return match === null ? undefined : Number(match[1])
}

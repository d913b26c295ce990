/** The items of a generated table. */
import { differenceAt } from './difference-at.ts'
import type { Change, GeneratedTable } from './generated-table.ts'
import { shapedAttributes } from './shaped-attributes.ts'

export interface GeneratedItem {
  readonly id: string
  /** The item as DynamoDB JSON. */
  readonly text: string
}

/** What is special about an item. */
interface Traits {
  readonly isOther?: boolean
  readonly isReordered?: boolean
  readonly change?: Change | undefined
}

/** What an item takes on the wire without the filler. */
const FIXED = 173

/** The items at a position: none, one, or one and an extra behind it. */
export function itemsAt(table: GeneratedTable, position: number): readonly GeneratedItem[] {
  const { items, change = 'firstOther' } = table
  const item = (traits: Traits = {}, at = position) => itemOf(table, at, traits)
  switch (table.variant) {
    case 'empty':
      return []
    case 'gap':
      return position >= items * 0.4 && position < items * 0.5 ? [] : [item()]
    case 'runs':
      return position % 1400 < 700 ? [] : [item()]
    case 'half':
      return isHeads(position) ? [] : [item()]
    case 'shuffled':
      return [item({}, shuffledPosition(position, items))]
    case 'changed':
      return [item({ change: 'firstOther' })]
    case 'disjoint':
      return [item({ isOther: true })]
    case 'reordered':
      return [item({ isReordered: true })]
    case 'base':
    case 'copy':
      return [item()]
    default:
      switch (differenceAt(table, position)) {
        case 'missing':
          return []
        case 'differing':
          return [item({ change })]
        case 'extra':
          return [item(), item({ isOther: true })]
        default:
          return [item()]
      }
  }
}

/** Pseudo-random, and always the same for a position. */
const isHeads = (position: number) => (Math.imul(position + 1, 0x9e3779b1) >>> 16) % 2 === 0

/** A prime: no table has as many items, so that each item gets a position of its own. */
const STEP = 7_368_787

const shuffledPosition = (position: number, items: number) => (position * STEP) % items

/** The values of `state`, by how the first attribute has changed. */
const STATES: { readonly [change in Change]?: string } = { firstOther: 'unpaid', firstSame: 'void' }

function itemOf(table: GeneratedTable, position: number, traits: Traits): GeneratedItem {
  const { isOther = false, isReordered = false, change } = traits
  const id = `${isOther ? 'other' : 'order'}-${String(position).padStart(10, '0')}`
  const key = `"id":{"S":"${id}"}`
  const like = table.isEven ? 0 : position
  const state = `"state":{"S":"${(change && STATES[change]) ?? 'paid'}"}`
  const rest = [
    `"total":{"N":"${like}.25"}`,
    `"tags":{"SS":["a","b"]}`,
    `"address":{"M":{"city":{"S":"Berlin"},"zip":{"S":"10999"}}}`,
    ...shapedAttributes(table, like, {
      fillerBytes: Math.max(0, table.bytes - FIXED),
      change,
    }),
  ]
  const attributes = isReordered ? [...rest, state, key] : [key, state, ...rest]
  return { id, text: `{${attributes.join(',')}}` }
}

/** The position of a key; undefined for a key that no generated table has. */
export function positionOf(key: string): number | undefined {
  const match = /(?:order|other)-(\d{10})/.exec(key)
  return match === null ? undefined : Number(match[1])
}

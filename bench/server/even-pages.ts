/** Pages of tables whose items are alike but for their keys: a copy of a page, with other keys. */

import type { GeneratedTable } from '../tables/generated-table.ts'
import { itemsAt } from '../tables/items-at.ts'

const DIGITS = 10
const ZERO = '0'.charCodeAt(0)

interface Template {
  readonly items: Buffer
  /** Of an item, with the comma behind it. */
  readonly stride: number
  /** Of the digits of the first key. */
  readonly digits: number
}

const templates = new Map<string, Template>()

/** The items of a page, with commas between them: `count` of them, from a position on. */
export function evenItems(table: GeneratedTable, from: number, count: number): Buffer {
  const { items: alike, stride, digits } = templateOf(table, count)
  const items = Buffer.from(alike)
  for (let item = 0; item < count; item++) {
    let rest = from + item
    for (let at = item * stride + digits + DIGITS - 1; rest > 0; at--) {
      items[at] = ZERO + (rest % 10)
      rest = Math.floor(rest / 10)
    }
  }
  return items
}

function templateOf(table: GeneratedTable, count: number): Template {
  const name = `${table.bytes} ${count}`
  const known = templates.get(name)
  if (known !== undefined) return known
  const { text } = evenItem(table)
  const made = {
    items: Buffer.from(`${text},`.repeat(count).slice(0, -1)),
    stride: text.length + 1,
    digits: text.indexOf('0'.repeat(DIGITS)),
  }
  templates.set(name, made)
  return made
}

/** How many bytes each item of an even table takes. */
export const evenBytes = (table: GeneratedTable) => evenItem(table).text.length

const evenItem = (table: GeneratedTable) => {
  const [item] = itemsAt({ ...table, variant: 'base' }, 0)
  if (item === undefined) throw new Error('an even table has an item at its first position')
  return item
}

/** A generated table, with a byte for each item that says whether it was written or deleted. */
import type { GeneratedTable } from '../tables/generated-table.ts'
import { type GeneratedItem, itemsAt, positionOf } from '../tables/items-at.ts'

const WRITTEN = 1
const DELETED = 2

export class Repairs {
  readonly table: GeneratedTable
  readonly #base: GeneratedTable
  /** By position, for items of the `base` and for others. */
  readonly #own: Uint8Array
  readonly #others: Uint8Array
  hasAny = false

  constructor(table: GeneratedTable) {
    this.table = table
    this.#base = { ...table, variant: 'base' }
    this.#own = new Uint8Array(table.items)
    this.#others = new Uint8Array(table.items)
  }

  itemsAt(position: number): readonly GeneratedItem[] {
    const generated = itemsAt(this.table, position)
    if (this.#own[position] === 0 && this.#others[position] === 0) return generated
    const own = this.#own[position] === WRITTEN ? itemsAt(this.#base, position) : []
    const kept = generated.filter(({ id }) =>
      isOther(id)
        ? this.#others[position] !== DELETED
        : own.length === 0 && this.#own[position] !== DELETED,
    )
    return [...own, ...kept]
  }

  write(id: string): void {
    this.#own[positionOf(id) ?? 0] = WRITTEN
    this.hasAny = true
  }

  delete(id: string): void {
    const marks = isOther(id) ? this.#others : this.#own
    marks[positionOf(id) ?? 0] = DELETED
    this.hasAny = true
  }
}

const isOther = (id: string) => id.startsWith('other-')

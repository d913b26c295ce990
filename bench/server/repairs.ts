/** A generated table, with a byte for each item that says whether it was written or deleted. */
import type { GeneratedTable } from '../tables/generated-table.ts'
import { type GeneratedItem, itemsAt, positionOf } from '../tables/items-at.ts'

const WRITTEN = 1
const DELETED = 2

export class Repairs {
  readonly table: GeneratedTable
  readonly #base: GeneratedTable
  /** By position, for items of the `base` and for others. Few tables are ever written to. */
  #marks: { readonly own: Uint8Array; readonly others: Uint8Array } | undefined

  constructor(table: GeneratedTable) {
    this.table = table
    this.#base = { ...table, variant: 'base' }
  }

  get hasAny(): boolean {
    return this.#marks !== undefined
  }

  itemsAt(position: number): readonly GeneratedItem[] {
    const generated = itemsAt(this.table, position)
    const own = this.#marks?.own[position] ?? 0
    const others = this.#marks?.others[position] ?? 0
    if (own === 0 && others === 0) return generated
    const written = own === WRITTEN ? itemsAt(this.#base, position) : []
    const kept = generated.filter(({ id }) => (isOther(id) ? others !== DELETED : own === 0))
    return [...written, ...kept]
  }

  write(id: string): void {
    this.#marked.own[positionOf(id) ?? 0] = WRITTEN
  }

  delete(id: string): void {
    const { own, others } = this.#marked
    const marks = isOther(id) ? others : own
    marks[positionOf(id) ?? 0] = DELETED
  }

  get #marked() {
    const { items } = this.table
    this.#marks ??= { own: new Uint8Array(items), others: new Uint8Array(items) }
    return this.#marks
  }
}

const isOther = (id: string) => id.startsWith('other-')

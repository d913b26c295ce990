/** How often which attributes change: by place, with the elements of a list taken together. */
import { attributeOf, pathText, placeOf } from '../item/path.ts'
import type { Difference } from '../model/difference.ts'

export interface PlaceTotal {
  readonly place: string
  /** Items that change there. */
  readonly items: number
}

/** With more places inside one attribute, they are counted as the attribute: they are data then. */
const MOST_PLACES = 20

export class ChangeTotals {
  /** By attribute, then by place in it. */
  readonly #totals = new Map<string, { items: number; places: Map<string, number> | undefined }>()

  add({
    kind,
    changes,
    attributes = [],
  }: Pick<Difference, 'kind' | 'changes' | 'attributes'>): void {
    if (kind !== 'differing') return
    const places = new Map<string, Set<string>>()
    for (const name of attributes) places.set(pathText([name]), new Set())
    for (const { path } of changes ?? []) {
      const name = attributeOf(path)
      const own = places.get(name) ?? new Set()
      places.set(name, own.add(placeOf(path)))
    }
    for (const [name, own] of places) this.#count(name, own)
  }

  #count(name: string, places: ReadonlySet<string>): void {
    const total = this.#totals.get(name) ?? { items: 0, places: new Map() }
    this.#totals.set(name, total)
    total.items++
    for (const place of places) total.places?.set(place, (total.places.get(place) ?? 0) + 1)
    if ((total.places?.size ?? 0) > MOST_PLACES) total.places = undefined
  }

  /** Those of most items first. */
  all(): PlaceTotal[] {
    const totals = [...this.#totals].flatMap(([name, { items, places }]): PlaceTotal[] => {
      if (places === undefined || places.size === 0) return [{ place: name, items }]
      return [...places].map(([place, count]) => ({ place, items: count }))
    })
    return totals.sort((a, b) => b.items - a.items || (a.place < b.place ? -1 : 1))
  }
}

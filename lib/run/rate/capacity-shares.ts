/** Divides a limit of units a second among the tables of an account and region that are in use. */
import type { CapacityKind } from '../../model/tables/capacity.ts'
import { placeOf } from '../../model/tables/endpoint-kind.ts'
import type { InspectedTable } from '../../model/tables/table.ts'

/** What a table may use now, from 0 to 1. */
export type Share = () => number

export interface Shared {
  readonly share: Share
  /** The table is in use no more. */
  readonly leave: () => void
}

export class CapacityShares {
  readonly #kinds: ReadonlySet<CapacityKind>
  /** Tables in use, by account and region and kind. */
  readonly #inUse = new Map<string, number>()

  /** @param kinds those whose limit is one for all tables of a place */
  constructor(kinds: Iterable<CapacityKind>) {
    this.#kinds = new Set(kinds)
  }

  /** Undefined: the table has a limit of its own. */
  enter(table: Pick<InspectedTable, 'ref' | 'facts'>, kind: CapacityKind): Shared | undefined {
    if (!this.#kinds.has(kind)) return undefined
    const place = `${placeOfTable(table)} ${kind}`
    const change = (by: number) => this.#inUse.set(place, (this.#inUse.get(place) ?? 0) + by)
    let isIn = true
    change(1)
    return {
      share: () => 1 / Math.max(this.#inUse.get(place) ?? 1, 1),
      leave() {
        if (isIn) change(-1)
        isIn = false
      },
    }
  }
}

/** Account and region; tables of an endpoint of its own belong together. */
function placeOfTable({ ref, facts }: Pick<InspectedTable, 'ref' | 'facts'>): string {
  const account = /^arn:[^:]*:[^:]*:[^:]*:(\d+):/.exec(facts.arn ?? ref.arn ?? '')?.[1]
  return [placeOf(ref.endpoint) ?? 'aws', ref.region, account ?? ''].join(' ')
}

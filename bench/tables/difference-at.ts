/** Where a drifted table differs from the `base`. */
import type { GeneratedTable, Kind } from './generated-table.ts'
import { share } from './pseudo-random.ts'

const MILLION = 1_000_000

/** So many items in a row have the same fate where differences come in runs. */
const RUN = 40

const KINDS: readonly Kind[] = ['missing', 'differing', 'extra']

/** Undefined: the item is as in the `base`. An extra stands behind such an item. */
export function differenceAt(table: GeneratedTable, position: number): Kind | undefined {
  switch (table.variant) {
    case 'drift':
      return drawn(table, position)
    case 'drift1':
      return BY_PLACE[position % 300]
    case 'drift3':
      return BY_PLACE[position % 100]
    case 'drift50': {
      const place = position % 10
      // Places 1 and 2 mean the same as 6 and 7.
      return BY_PLACE[place < 3 ? place + 5 : place]
    }
    default:
      return undefined
  }
}

const BY_PLACE: { readonly [place: number]: Kind } = { 6: 'differing', 7: 'missing', 8: 'extra' }

function drawn(table: GeneratedTable, position: number): Kind | undefined {
  const { perMillion = 0, kinds = KINDS, place = 'scattered', seed = 0 } = table
  const unit = place === 'inRuns' ? Math.floor(position / RUN) : position
  return kinds[Math.floor((share(unit, seed) * MILLION) / perMillion)]
}

/** How many items of each kind a drifted table has. */
export function differencesOf(table: GeneratedTable): Readonly<Record<Kind, number>> {
  const found = { missing: 0, differing: 0, extra: 0 }
  for (let position = 0; position < table.items; position++) {
    const kind = differenceAt(table, position)
    if (kind !== undefined) found[kind]++
  }
  return found
}

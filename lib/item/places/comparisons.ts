/** What a condition says of an item, so that a write meets the item as it was compared. */
import type { WireItem, WireValue } from '../../model/wire.ts'
import type { PathStep } from '../path.ts'
import { type Part, type Place, partAt } from './compared.ts'

/** The place holds what was seen (undefined: nothing), or something of a type. */
export type Comparison =
  | { readonly path: Path; readonly seen: WireValue | undefined }
  | { readonly path: Path; readonly type: 'M' | 'L' }

export type Path = readonly PathStep[]

export const own = (map: WireItem, name: string): WireValue | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined

/** Says of a value what is compared of it, and nothing of what is not. */
export function comparisonsIn(value: WireValue | undefined, part: Part, path: Path): Comparison[] {
  if (part === 'nothing') return []
  if (part === 'all') return [{ path, seen: value }]
  return part.rest === 'ignored'
    ? chosenIn(value, part, path)
    : value === undefined
      ? []
      : leftIn(value, part, path)
}

/** Of the places that paths choose, also those that are not there. */
function chosenIn(value: WireValue | undefined, place: Place, path: Path): Comparison[] {
  if (value !== undefined && 'L' in value) return elementsOf(value.L, place, path)
  const map = value !== undefined && 'M' in value ? value.M : {}
  return [...place.names.keys()].flatMap((name) => inside(own(map, name), place, [...path, name]))
}

/** Of what paths leave: a map or a list stays one, and a list as long as it is. */
function leftIn(value: WireValue, place: Place, path: Path): Comparison[] {
  if ('L' in value) return [{ path, type: 'L' }, ...elementsOf(value.L, place, path)]
  if (!('M' in value)) return [{ path, seen: value }]
  const members = Object.entries(value.M)
  return [
    { path, type: 'M' },
    ...members.flatMap(([name, one]) => inside(one, place, [...path, name])),
  ]
}

function elementsOf(list: readonly WireValue[], place: Place, path: Path): Comparison[] {
  const end = [...path, list.length]
  const isOpen = place.rest === 'ignored' || partAt(place, list.length) === 'nothing'
  return [
    ...list.flatMap((one, at) => inside(one, place, [...path, at])),
    ...(isOpen ? inside(undefined, place, end) : [{ path: end, seen: undefined }]),
  ]
}

const inside = (value: WireValue | undefined, place: Place, path: Path): Comparison[] =>
  comparisonsIn(value, partAt(place, path.at(-1) as PathStep), path)

/** Which lines of a plan or a report somebody picks: by kind, by what changes, and by key. */
import { usageError } from '../errors.ts'
import { type CanonicalKey, canonicalKeyOfText, type KeyText } from '../item/key.ts'
import { canonicalPath, isPath, isWithin, pathText } from '../item/path.ts'
import type { Difference, DifferenceKind } from '../model/difference.ts'
import type { KeySchema } from '../model/tables/table.ts'

/** What is known of a line. */
export type SelectableLine = Pick<Difference, 'replica' | 'kind' | 'key' | 'changes' | 'attributes'>

export interface Picked {
  /** Empty: all of them. */
  readonly kinds: readonly DifferenceKind[]
  /** Places in an item, one of which has to change. Empty: any. */
  readonly places: readonly string[]
  /** By their one spelling. Undefined: all of them. */
  readonly keys: ReadonlySet<CanonicalKey> | undefined
  readonly schema: KeySchema
}

export interface Picks {
  readonly kind?: readonly string[]
  readonly attribute?: readonly string[]
  readonly keys: readonly KeyText[]
  readonly schema: KeySchema
}

/** @throws TablesyncError with code `USAGE` where a place is not spelt like a path */
export function picked(
  { kind = [], attribute = [], keys, schema }: Picks,
  flags: { readonly kind: string; readonly attribute: string },
): Picked {
  const kinds = kind.flatMap((one) => one.split(','))
  const wrong = kinds.find((one) => !KINDS.includes(one))
  if (wrong !== undefined) {
    throw usageError(
      `Expected \`${flags.kind}\` to be one of ${KINDS.join(', ')}, got ${JSON.stringify(wrong)}`,
      'Give it again for another kind.',
    )
  }
  const bad = attribute.find((place) => !isPath(place))
  if (bad !== undefined) {
    throw usageError(
      `Expected \`${flags.attribute}\` to be an attribute or a place inside one, got ${JSON.stringify(bad)}`,
      `For example state, address.geo[1], or ${JSON.stringify(bad)} in quotes for a name.`,
    )
  }
  const canonical = keys.map((key) => canonicalKeyOfText(key, schema))
  return {
    kinds: kinds as DifferenceKind[],
    places: attribute.map(canonicalPath),
    keys: keys.length === 0 ? undefined : new Set(canonical),
    schema,
  }
}

const KINDS: readonly string[] = ['missing', 'differing', 'extra']

export function isPicked({ kinds, places, keys, schema }: Picked, line: SelectableLine): boolean {
  if (kinds.length > 0 && !kinds.includes(line.kind)) return false
  const canonical = () => canonicalKeyOfText(JSON.stringify(line.key), schema)
  if (keys !== undefined && !keys.has(canonical())) return false
  return places.length === 0 || places.some((place) => touches(line, place))
}

/** The places of an item that a line says to differ: whole attributes where it knows no more. */
export function placesOf({ kind, changes, attributes = [] }: SelectableLine): string[] {
  if (kind !== 'differing') return []
  return changes?.map(({ path }) => path) ?? attributes.map((name) => pathText([name]))
}

/** Whether the change of a differing item is at the place, around it, or inside it. */
export function touches(line: SelectableLine, place: string): boolean {
  const isKnown = line.changes !== undefined
  return placesOf(line).some((path) => isWithin(place, path) || (isKnown && isWithin(path, place)))
}

/** What writes cost: a unit for each KB begun (Developer Guide, "Write capacity unit"). */
import type { Difference, DifferenceKind } from '../model/difference.ts'
import type { Bytes, WriteUnits } from '../model/units.ts'

const BYTES_PER_UNIT: Bytes = 1024

interface Sized {
  readonly kind: DifferenceKind
  readonly sizes?: Difference['sizes'] | undefined
}

/**
 * Units that the repair of a difference takes on the table, without its indexes. An update costs by
 * the larger of the item before and after. Undefined: the sizes are not known.
 */
export function writeUnitsOf({ kind, sizes }: Sized): WriteUnits | undefined {
  if (sizes === undefined) return undefined
  const { master, replica } = sizes
  const bytes = kind === 'missing' ? master : kind === 'extra' ? replica : largest(master, replica)
  return bytes === null ? undefined : unitsToWrite(bytes)
}

/** Units that a write of so many bytes takes on the table. */
export function unitsToWrite(bytes: Bytes): WriteUnits {
  return Math.max(1, Math.ceil(bytes / BYTES_PER_UNIT))
}

const largest = (a: number | null, b: number | null) =>
  a === null || b === null ? null : Math.max(a, b)

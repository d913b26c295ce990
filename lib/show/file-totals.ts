/** All lines of a file, added up: by kind, by attribute, and what their repair would take. */
import { writeUnitsOf } from '../item/write-units.ts'
import type { DifferenceKind, RepairAction } from '../model/difference.ts'
import type { Bytes, WriteUnits } from '../model/units.ts'
import { ChangeTotals, type PlaceTotal } from '../report/change-totals.ts'
import type { ShownLine } from './shown-file.ts'

export interface FileTotals {
  /** Lines, by kind. */
  readonly kinds: { readonly [kind in DifferenceKind]: number }
  /** Lines of reports and journals, by what was done. */
  readonly actions: ReadonlyMap<RepairAction, number>
  readonly attributes: readonly PlaceTotal[]
  /** Size of the items to put and to update, as the master has them. */
  readonly bytes: Bytes
  readonly writeUnits: WriteUnits
  /** Lines whose size is not recorded: bytes and units leave them out. */
  readonly unsized: number
}

export class TotalsOfLines implements FileTotals {
  readonly kinds = { missing: 0, differing: 0, extra: 0 }
  readonly actions = new Map<RepairAction, number>()
  bytes = 0
  writeUnits = 0
  unsized = 0
  readonly #changes = new ChangeTotals()

  get attributes(): readonly PlaceTotal[] {
    return this.#changes.all()
  }

  add(line: ShownLine): void {
    this.kinds[line.kind]++
    if (line.action !== undefined) {
      this.actions.set(line.action, (this.actions.get(line.action) ?? 0) + 1)
    }
    this.#changes.add(line)
    const units = writeUnitsOf(line)
    if (units === undefined) this.unsized++
    else {
      this.writeUnits += units
      if (line.kind !== 'extra') this.bytes += line.sizes?.master ?? 0
    }
  }
}

/** Values as they are shown: without what is not compared. */
import type { WireValue } from '../../model/wire.ts'
import { type Part, partAt } from './compared.ts'

/** Undefined: nothing of it is compared. Elements that are left out leave no gap. */
export function visible(value: WireValue | undefined, part: Part): WireValue | undefined {
  if (value === undefined || part === 'nothing') return undefined
  if (part === 'all') return value
  if ('M' in value) {
    const members = Object.entries(value.M).flatMap(([name, one]) => {
      const shown = visible(one, partAt(part, name))
      return shown === undefined ? [] : [[name, shown] as const]
    })
    return { M: Object.fromEntries(members) }
  }
  if ('L' in value) {
    const elements = value.L.map((one, at) => visible(one, partAt(part, at)))
    return { L: elements.filter((one) => one !== undefined) }
  }
  return part.rest === 'ignored' ? undefined : value
}

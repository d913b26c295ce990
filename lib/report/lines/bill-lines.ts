/** What the repair of all that was found would take. */
import { bytesText, counted } from '../../model/figures.ts'
import type { ReplicaSummary } from '../../model/summary.ts'

/** `would write 1,519 items, 3.1 MB, 3,240 write units (indexes on top)` */
export function billLines(replicas: { readonly [label: string]: ReplicaSummary }): string[] {
  const bills = Object.values(replicas).flatMap(({ repair }) => repair ?? [])
  if (bills.length === 0) return []
  const writes = bills.flatMap((bill) => [bill.put, bill.update, bill.delete])
  const sum = (of: 'items' | 'bytes' | 'writeUnits') =>
    writes.reduce((total, write) => total + write[of], 0)
  const isExact = bills.every((bill) => bill.isExact)
  const parts = [
    counted(sum('items'), 'item'),
    bytesText(sum('bytes')),
    counted(sum('writeUnits'), 'write unit'),
  ]
  const stops = new Set(bills.flatMap(({ stoppedBy }) => stoppedBy ?? []))
  return [
    `        would write ${isExact ? '' : 'about '}${parts.join(', ')} (indexes on top)`,
    ...(stops.size === 0 ? [] : [`        would be stopped by: ${[...stops].join(', ')}`]),
  ]
}

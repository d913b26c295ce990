/** What a run has cost, what the repair of all that it found would take, and how to spend less. */
import { bytesText, counted, moneyText } from '../../model/figures.ts'
import type { Prices } from '../../model/prices.ts'
import type { ReplicaSummary, Summary } from '../../model/summary.ts'
import { foundOf } from '../../model/tally.ts'

/** `would write 1,519 items, 3.1 MB, 3,240 write units (indexes on top)` */
export function billLines(
  replicas: { readonly [label: string]: ReplicaSummary },
  prices?: Prices,
): string[] {
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
    ...(prices === undefined ? [] : [moneyText(sum('writeUnits') * prices.writeUnit, prices)]),
  ]
  const stops = new Set(bills.flatMap(({ stoppedBy }) => stoppedBy ?? []))
  return [
    `        would write ${isExact ? '' : 'about '}${parts.join(', ')} (indexes on top)`,
    ...(stops.size === 0 ? [] : [`        would be stopped by: ${[...stops].join(', ')}`]),
  ]
}

/** What was read and written, in money. Bytes across regions come on top: nobody counts them here. */
export function costLines(summary: Summary, prices?: Prices): string[] {
  if (prices === undefined) return []
  const { reads, writes } = costOf(summary, prices)
  return [`cost    ${moneyText(reads, prices)} for reads, ${moneyText(writes, prices)} for writes`]
}

/** The same for programs. `repair`: of a dry run, what its writes would cost. */
export function costOf({ master, replicas }: Summary, { currency, ...prices }: Prices) {
  const all = Object.values(replicas)
  const reads = all.reduce((sum, { readUnits }) => sum + readUnits, master.readUnits)
  const writes = all.reduce((sum, { writeUnits }) => sum + writeUnits, 0)
  const bills = all.flatMap(({ repair }) => repair ?? [])
  const units = bills.flatMap((bill) => [bill.put, bill.update, bill.delete])
  const repair = units.reduce((sum, { writeUnits }) => sum + writeUnits, 0) * prices.writeUnit
  return {
    currency,
    reads: reads * prices.readUnit,
    writes: writes * prices.writeUnit,
    ...(bills.length > 0 && { repair }),
  }
}

/** Fewer read units are not worth a line. */
const WORTH_SAYING = 1000

/** Most units went into reading again what was put: `--quiesced` reads that on the replica alone. */
export function quiescedLines({ master, replicas }: Summary): string[] {
  const all = Object.values(replicas)
  const units = all.reduce((sum, { readUnits }) => sum + readUnits, master.readUnits)
  const again = all.reduce((sum, { recheckUnits = 0 }) => sum + recheckUnits, 0)
  const sum = (of: (replica: ReplicaSummary) => number) =>
    all.reduce((total, replica) => total + of(replica), 0)
  const isFill = sum(({ written, missing }) => Math.min(written, missing)) > sum(foundOf) / 2
  if (!isFill || again < WORTH_SAYING || again < units / 2) return []
  return [
    `        ${counted(Math.min(again, units), 'read unit')} went into reading keys again: --quiesced takes less than half of them, if nobody writes to the tables`,
  ]
}

/** What a run has cost, what the repair of all that it found would take, and how to spend less. */
import { bytesText, counted, moneyText } from '../../model/figures.ts'
import type { Prices } from '../../model/prices.ts'
import type { PairResult } from '../../model/results/pairs-summary.ts'
import type {
  BillOfWrites,
  PassesSummary,
  RepairBill,
  Summary,
} from '../../model/results/summary.ts'
import { foundOf } from '../../model/tally.ts'

/** `would write 1,519 items, 3.1 MB, 3,240 write units (indexes on top)` */
export function billLines(replicas: Replicas, prices?: Prices): string[] {
  const bills = billsOf(replicas)
  if (bills.length === 0) return []
  const sum = (of: keyof BillOfWrites) => billed(bills, of)
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

type Replicas = Summary['replicas']

const billsOf = (replicas: Replicas): RepairBill[] =>
  Object.values(replicas).flatMap(({ repair }) => repair ?? [])

/** The sum over all kinds of writes. */
const billed = (bills: readonly RepairBill[], of: keyof BillOfWrites) =>
  bills.reduce((sum, bill) => sum + bill.put[of] + bill.update[of] + bill.delete[of], 0)

const sumOf = <One>(replicas: { readonly [label: string]: One }, of: (replica: One) => number) =>
  Object.values(replicas).reduce((sum, replica) => sum + of(replica), 0)

const unitsRead = ({ master, replicas }: Pick<PassesSummary, 'master' | 'replicas'>) =>
  master.readUnits + sumOf(replicas, ({ readUnits }) => readUnits)

/** What was read and written, in money. Bytes across regions come on top: nobody counts them here. */
export function costLines(summary: Summary, prices?: Prices): string[] {
  if (prices === undefined) return []
  const { reads, writes } = costOf(summary, prices)
  return [`cost    ${moneyText(reads, prices)} for reads, ${moneyText(writes, prices)} for writes`]
}

/** The same of many pairs. */
export function pairsCostLines(pairs: readonly PairResult[], prices?: Prices): string[] {
  if (prices === undefined) return []
  const { reads, writes } = costOfPairs(pairs, prices)
  return [`cost    ${moneyText(reads, prices)} for reads, ${moneyText(writes, prices)} for writes`]
}

export function costOfPairs(pairs: readonly PairResult[], prices: Prices) {
  const costs = pairs.flatMap(({ summary }) => (summary ? [costOf(summary, prices)] : []))
  const sum = (of: 'reads' | 'writes') => costs.reduce((total, cost) => total + cost[of], 0)
  return { currency: prices.currency, reads: sum('reads'), writes: sum('writes') }
}

/** The same for programs. `repair`: of a dry run, what its writes would cost. */
export function costOf(summary: Summary, { currency, ...prices }: Prices) {
  const bills = billsOf(summary.replicas)
  const { master, replicas } = summary.passes ?? summary
  return {
    currency,
    reads: unitsRead({ master, replicas }) * prices.readUnit,
    writes: sumOf(replicas, ({ writeUnits }) => writeUnits) * prices.writeUnit,
    ...(bills.length > 0 && { repair: billed(bills, 'writeUnits') * prices.writeUnit }),
  }
}

/** Fewer read units are not worth a line. */
const WORTH_SAYING = 1000

/** Most units went into reading again what was put: `--quiesced` reads that on the replica alone. */
export function quiescedLines(summary: Summary): string[] {
  const { replicas } = summary
  const units = unitsRead(summary)
  const again = sumOf(replicas, ({ recheckUnits = 0 }) => recheckUnits)
  const put = sumOf(replicas, ({ written, missing }) => Math.min(written, missing))
  const isFill = put > sumOf(replicas, foundOf) / 2
  if (!isFill || again < WORTH_SAYING || again < units / 2) return []
  return [
    `        ${counted(Math.min(again, units), 'read unit')} went into reading keys again: --quiesced takes less than half of them, if nobody writes to the tables`,
  ]
}

/** What the repair of all that a run has found would write. */
import type { RepairBill } from '../model/results/summary.ts'
import { foundOf, type ReplicaTally } from '../model/tally.ts'

/** Kinds of which not every item was sized cost as much as those that were. */
export function repairBillOf(tally: ReplicaTally): RepairBill {
  const { missing, differing, extra, sizedMissing, sizedDiffering, sizedExtra } = tally
  const put = scaled(missing, sizedMissing)
  const update = scaled(differing, sizedDiffering)
  const deletion = scaled(extra, sizedExtra)
  return {
    put: { items: missing, bytes: put(tally.putBytes), writeUnits: put(tally.putUnits) },
    update: {
      items: differing,
      bytes: update(tally.updateBytes),
      writeUnits: update(tally.updateUnits),
    },
    delete: { items: extra, bytes: 0, writeUnits: deletion(tally.deleteUnits) },
    isExact: foundOf(tally) === sizedMissing + sizedDiffering + sizedExtra,
  }
}

const scaled = (items: number, sized: number) => (total: number) =>
  sized === 0 ? 0 : Math.round((total * items) / sized)

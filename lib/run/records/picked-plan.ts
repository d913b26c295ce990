/** A part of a reviewed plan: whole items that somebody has picked. */
import type { RepairPlanEntry } from '../../model/files/plan-lines.ts'
import type { KeySet } from '../../selection/key-set.ts'
import { isPicked, type Picked } from '../../selection/selection.ts'
import type { ReviewedPlan } from './plan-reader.ts'

/** The same plan without the lines that are not picked. They are counted, and stay as they are. */
export async function pickFrom(
  plan: ReviewedPlan,
  picked: Picked,
  except: KeySet,
): Promise<ReviewedPlan> {
  const isLeft = (entry: RepairPlanEntry) =>
    !isPicked(picked, entry) || except.has(JSON.stringify(entry.key), entry.replica)
  const left = new Map<string, number>()
  let entries = 0
  for await (const entry of plan.entries()) {
    if (isLeft(entry)) left.set(entry.replica, (left.get(entry.replica) ?? 0) + 1)
    else entries++
  }
  return {
    ...plan,
    end: { ...plan.end, entries },
    left,
    async *entries() {
      for await (const entry of plan.entries()) if (!isLeft(entry)) yield entry
    },
  }
}

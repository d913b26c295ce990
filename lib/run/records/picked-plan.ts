/** A part of a reviewed plan: whole items that somebody has picked. */
import { usageError } from '../../errors.ts'
import type { RepairPlanEntry } from '../../model/files/plan-lines.ts'
import type { KeySet } from '../../selection/key-set.ts'
import { isPicked, type Picked, placesOf, touches } from '../../selection/selection.ts'
import type { ReviewedPlan } from './plan-reader.ts'

/** How many places of a plan are named where one is not among them. */
const MOST_PLACES = 8

/**
 * The same plan without the lines that are not picked. They are counted, and stay as they are.
 *
 * @param flag how the user knows the option of places
 * @throws TablesyncError with code `USAGE` where no line of the plan changes a place that was named
 */
export async function pickFrom(
  plan: ReviewedPlan,
  picked: Picked,
  { except, flag }: { readonly except: KeySet; readonly flag: string },
): Promise<ReviewedPlan> {
  const isLeft = (entry: RepairPlanEntry) =>
    !isPicked(picked, entry) || except.has(JSON.stringify(entry.key), entry.replica)
  const left = new Map<string, number>()
  let entries = 0
  const untouched = new Set(picked.places)
  const places = new Set<string>()
  for await (const entry of plan.entries()) {
    for (const place of untouched) if (touches(entry, place)) untouched.delete(place)
    if (places.size < MOST_PLACES) for (const place of placesOf(entry)) places.add(place)
    if (isLeft(entry)) left.set(entry.replica, (left.get(entry.replica) ?? 0) + 1)
    else entries++
  }
  const [unknown] = untouched
  // A plan that changes no place cannot show that one is misspelt.
  if (unknown !== undefined && places.size > 0) {
    throw nothingAt(unknown, flag, [...places].slice(0, MOST_PLACES))
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

function nothingAt(place: string, flag: string, places: readonly string[]) {
  return usageError(
    `Expected \`${flag}\` to be a place that the plan changes, got ${JSON.stringify(place)}`,
    `It changes ${places.join(', ')}. \`tablesync show\` counts them all.`,
  )
}

/** Reads a repair plan back. */
import { usageError } from '../../errors.ts'
import {
  type CheckedFile,
  damaged,
  type FileEnd,
  readOwnHeader,
  valuesOf,
} from '../../files/lines/checked-file.ts'
import type {
  RepairPlanEnd,
  RepairPlanEntry,
  RepairPlanHeader,
} from '../../model/files/plan-lines.ts'

/** How messages name the file. */
export const PLAN_FILE = { what: 'repair plan', flag: '--plan' } as const

export interface ReviewedPlan {
  /** Read from the file anew each time. */
  entries(): AsyncGenerator<RepairPlanEntry>
  readonly header: RepairPlanHeader
  readonly end: RepairPlanEnd
  readonly file: string
  /** Keys that are left as they are, since they were not picked, by the label of their replica. */
  readonly left: ReadonlyMap<string, number>
}

/** @throws TablesyncError with code `USAGE` where the file is no repair plan, is damaged, or is not all of one */
export async function readRepairPlan(file: string): Promise<ReviewedPlan> {
  const of: CheckedFile = { ...PLAN_FILE, file }
  const header = (await readOwnHeader(of, 'repair-plan')) as RepairPlanHeader
  const end = await endOf(of, header)
  return { file, header, end, left: new Map(), entries: () => entriesOf(of, end) }
}

/** All of it is read before anything is done: a plan that is damaged is refused whole. */
async function endOf(of: CheckedFile, { tables }: RepairPlanHeader): Promise<RepairPlanEnd> {
  let end: RepairPlanEnd | undefined
  let entries = 0
  const onEnd = ({ footer }: FileEnd) => {
    end = footer as RepairPlanEnd | undefined
  }
  for await (const { value, number } of valuesOf(of, { onEnd })) {
    if (!Object.hasOwn(tables, (value as RepairPlanEntry).replica)) throw damaged(of, number)
    entries++
  }
  if (end === undefined || end.entries !== entries) {
    throw usageError(
      `Expected ${of.file} to be a whole plan; it breaks off after ${entries} keys`,
      'Its run did not end, or somebody removed lines. Write the plan again.',
    )
  }
  if (end.end !== 'different' && end.end !== 'in-sync') {
    throw usageError(
      `Expected ${of.file} to be the plan of a run that saw everything; that one ended ${end.end}`,
      'Items that look extra may exist in the part not compared. Write the plan again.',
    )
  }
  return end
}

async function* entriesOf(
  of: CheckedFile,
  { entries }: RepairPlanEnd,
): AsyncGenerator<RepairPlanEntry> {
  let left = entries
  for await (const { value, number } of valuesOf(of)) {
    if (left-- === 0) throw damaged(of, number)
    yield value as RepairPlanEntry
  }
  // It was whole a moment ago: somebody writes to it.
  if (left > 0) throw damaged(of, entries - left + 2)
}

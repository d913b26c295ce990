/**
 * What would refuse a run while it is opened is looked for before its report
 * is: a report that was there is begun anew, and the one before would be lost
 * for a run that did nothing.
 */
import { refuseUncreatable } from '../../files/lines/durable-lines.ts'
import type { Settings } from '../../options/settings.ts'
import type { OpenCheckpoint } from '../checkpoint/checkpoint-opening.ts'
import { journalLeg, refuseJournal } from '../journal/journal-writer.ts'
import { RateLimits, rateMemoryFor } from '../rate/rate-limits.ts'
import type { Tables } from '../tables/table-inspection.ts'
import { PLAN_FILE } from './plan-reader.ts'

/**
 * @throws TablesyncError with code `FILE_UNWRITABLE` where a journal or a plan is there already
 * @throws TablesyncError with code `USAGE` where a pace is asked for that cannot be known
 */
export async function refuseUnopenable(
  settings: Settings,
  tables: Tables,
  checkpoint?: OpenCheckpoint,
): Promise<void> {
  const { journal, repairPlan, dryRun } = settings
  const noThreads = rateMemoryFor(tables.access.length)
  new RateLimits({ settings, tables }, noThreads, () => true)
  if (journal !== undefined && !dryRun) await refuseJournal(journal, journalLeg(checkpoint))
  if (repairPlan !== undefined && checkpoint?.taken?.plan === undefined) {
    await refuseUncreatable({ ...PLAN_FILE, file: repairPlan.file })
  }
}

/** The files that a run writes for later commands: its undo journal, and the plan of its repairs. */
import type { DurableLines } from '../../files/lines/durable-lines.ts'
import type { Summary } from '../../model/results/summary.ts'
import type { Settings } from '../../options/settings.ts'
import type { OpenCheckpoint } from '../checkpoint/checkpoint-opening.ts'
import { journalLeg, openJournal } from '../journal/journal-writer.ts'
import type { Plan } from '../preflight/scan-plan.ts'
import type { Tables } from '../tables/table-inspection.ts'
import { footerOf } from './frame-lines.ts'
import { RepairPlan } from './plan-writer.ts'

export interface RunFiles {
  /** Undefined: none is kept. */
  readonly journal: DurableLines | undefined
  readonly repairPlan: RepairPlan | undefined
  /** Has each file say how the run has ended. `onFailure` is called where one cannot, before the next is asked. */
  end(summaryNow: () => Summary, onFailure: (error: unknown) => void): Promise<void>
  close(): Promise<void>
}

interface FilesOf {
  readonly settings: Settings
  readonly tables: Tables
  readonly plan: Plan
  readonly checkpoint?: OpenCheckpoint | undefined
}

/** @throws TablesyncError with code `FILE_UNWRITABLE` where one cannot be opened */
export async function openRunFiles(run: FilesOf): Promise<RunFiles> {
  const { settings, checkpoint } = run
  const isJournaled = settings.journal !== undefined && !settings.dryRun
  const leg = journalLeg(checkpoint)
  const journal = isJournaled ? await openJournal(settings.journal, run, leg) : undefined
  const { repairPlan: planned } = settings
  const repairPlan = planned && (await RepairPlan.open(planned.file, run, checkpoint?.taken?.plan))
  return {
    journal,
    repairPlan,
    async end(summaryNow, onFailure) {
      await repairPlan?.end(summaryNow(), run.plan.isOfKeys === true).catch(onFailure)
      await journal?.end(footerOf(summaryNow())).catch(onFailure)
    },
    async close() {
      await journal?.close()
      await repairPlan?.close()
    },
  }
}

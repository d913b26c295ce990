/** Runs the work of a command: opens the run before it, ends and closes the run after it. */
import type { Summary } from '../model/results/summary.ts'
import { MASTER } from '../model/tables/table.ts'
import type { Milliseconds } from '../model/units.ts'
import { type OpenRun, openRun } from './open-run.ts'
import { tellLeftExtras } from './phases/delete-extras.ts'
import type { RunListeners } from './records/difference-sink.ts'
import { footerOf } from './records/frame-lines.ts'
import type { Preparation, RunContext } from './run-context.ts'

/** The longest delay of a timer, used without a checkpoint: there is nothing to save. */
const NEVER: Milliseconds = 2_147_483_647

/**
 * Opens what a run needs, does the work, and closes everything again.
 *
 * @throws TablesyncError with code `FILE_UNWRITABLE` if the journal or plan cannot be opened;
 * nothing was done then
 */
export async function withRun(
  preparation: Preparation,
  listeners: RunListeners,
  signal: AbortSignal,
  work: (run: RunContext) => Promise<void>,
): Promise<Summary> {
  const run = await openRun(preparation, listeners, signal)
  let saving: NodeJS.Timeout | undefined
  try {
    saving = await begin(run)
    await work(run.context)
    await checkTables(run.context)
    clearInterval(saving)
    await end(run)
  } finally {
    clearInterval(saving)
    await close(run)
  }
  return resultOf(run)
}

/** @returns the timer of the checkpoint */
async function begin({ preparation, context, monitor, checkpoint, checkReadUnits }: OpenRun) {
  await checkpoint?.begin()
  // The limit may be lower than what the tables' inspection and the legs before have taken.
  checkReadUnits()
  context.canary.begin()
  await monitor.begin()
  const saveNowAndThen = () => void checkpoint?.saveNowAndThen().catch(context.state.fail)
  return setInterval(saveNowAndThen, preparation.settings.checkpoint?.interval ?? NEVER)
}

/** The result is valid only if every table is still the one that was compared. */
async function checkTables({ tableWatch, failures, isOver }: RunContext): Promise<void> {
  if (isOver()) return
  const unsure = await tableWatch.look()
  if (unsure === undefined || unsure.code === 'TABLE_CHANGED' || isOver()) return
  failures.loseTable(unsure.table ?? MASTER, unsure)
}

async function end({ context, commitQueue, files, monitor, summaryNow }: OpenRun): Promise<void> {
  const { ledger, sink, listeners, state, save } = context
  // The last save: what this run reports from here on is in no checkpoint.
  await save()
  for (const replica of ledger.replicas()) await tellLeftExtras(context, replica).catch(state.fail)
  await commitQueue.tellLoose()
  await sink.end()
  await files.end(summaryNow, state.fail)
  await listeners.onEnd(footerOf(summaryNow())).catch(state.fail)
  monitor.tellProgress()
}

async function close({ context, monitor, pool, files }: OpenRun): Promise<void> {
  context.state.release()
  monitor.end()
  await pool.close()
  await context.deletes.close()
  await files.close()
  await context.writeLog.close()
}

/** Returns the summary, and ends the checkpoint if the run has finished its work. */
async function resultOf({ preparation, context, checkpoint, files, summaryNow }: OpenRun) {
  const { listeners, state } = context
  const { repairPlan } = preparation.settings
  if (repairPlan !== undefined && state.fatal === undefined) {
    const keys = files.repairPlan?.entries ?? 0
    listeners.onEvent({ type: 'plan-written', plan: repairPlan.file, keys })
  }
  const summary = summaryNow()
  const isDone = summary.outcome === 'in-sync' || summary.outcome === 'different'
  if (checkpoint === undefined || !isDone) return summary
  try {
    await checkpoint.end(summary)
    return summary
  } catch (error) {
    state.fail(error)
    return summaryNow()
  }
}

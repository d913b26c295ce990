/** Options in, result out: what the command and `runSync` have in common. */
import { openListeners, unlessAborted } from './listeners.ts'
import type { Summary } from './model/summary.ts'
import type { Spelling } from './options/check.ts'
import { resolveOptions } from './options/resolve.ts'
import type { RunOptions } from './options/run-options.ts'
import { loadHooks } from './protocol/hooks-module.ts'
import { refuseSharedFiles } from './run/distinct-files.ts'
import { planRun } from './run/plan.ts'
import { topologyRail } from './run/rails.ts'
import { run } from './run/run.ts'
import { summariseNothing } from './run/summarise.ts'

/**
 * @throws TablesyncError where the options or the tables are not fit for a run; nothing was done then
 * @throws whatever a listener throws; the run is ended after the pages in hand first
 */
export async function sync(options: RunOptions, spelling: Spelling): Promise<Summary> {
  const settings = resolveOptions(options, spelling)
  await refuseSharedFiles({
    [spelling('report')]: options.report,
    [spelling('undo')]: options.undo,
    [spelling('plan')]: options.plan,
  })
  if (settings.hooks !== undefined) await loadHooks(settings.hooks)
  const { signal, during } = openListeners(options)
  // With it comes the SDK, which a run that is refused does without.
  const { inspectTables } = await import('./run/inspect.ts')
  const tables = await unlessAborted(signal, inspectTables(settings, signal))
  if (tables === undefined) return summariseNothing(settings)
  const stop = topologyRail(settings, tables)
  if (stop !== undefined) return summariseNothing(settings, stop)
  const plan = planRun(settings, tables)
  return during((hooks) => run({ settings, tables, plan }, hooks, signal))
}

/** Options in, result out: what the command and `runSync` have in common. */
import type { Difference } from './model/difference.ts'
import type { Summary } from './model/summary.ts'
import type { Spelling } from './options/check.ts'
import { resolveOptions } from './options/resolve.ts'
import type { RunOptions } from './options/run-options.ts'
import { openReport } from './report/ndjson.ts'
import type { RunHooks } from './run/desk.ts'
import { inspectTables } from './run/inspect.ts'
import { planRun } from './run/plan.ts'
import { run } from './run/run.ts'

/** @throws TablesyncError where the options or the tables are not fit for a run; nothing was done then */
export async function sync(options: RunOptions, spelling: Spelling): Promise<Summary> {
  const settings = resolveOptions(options, spelling)
  const tables = await inspectTables(settings)
  const plan = planRun(settings, tables)
  const report = settings.report === undefined ? undefined : await openReport(settings.report)
  const { onDifference, onProgress, signal } = options
  const hooks: RunHooks = {
    onEvent: (event) => onProgress?.(event),
    ...((report !== undefined || onDifference !== undefined) && {
      async onDifference(difference: Difference) {
        await report?.write(difference)
        await onDifference?.(difference)
      },
    }),
  }
  try {
    return await run({ settings, tables, plan }, hooks, signal)
  } finally {
    await report?.close()
  }
}

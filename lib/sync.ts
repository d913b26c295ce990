/** Options in, result out: what the command and `runSync` have in common. */
import type { Difference } from './model/difference.ts'
import type { RunEvent } from './model/events.ts'
import type { Summary } from './model/summary.ts'
import type { Spelling } from './options/check.ts'
import { resolveOptions } from './options/resolve.ts'
import type { RunOptions } from './options/run-options.ts'
import { openReport } from './report/ndjson.ts'
import type { RunHooks } from './run/desk.ts'
import { inspectTables } from './run/inspect.ts'
import { planRun } from './run/plan.ts'
import { run } from './run/run.ts'

/**
 * @throws TablesyncError where the options or the tables are not fit for a run; nothing was done then
 * @throws whatever a listener throws; the run is ended after the pages in hand first
 */
export async function sync(options: RunOptions, spelling: Spelling): Promise<Summary> {
  const settings = resolveOptions(options, spelling)
  const tables = await inspectTables(settings)
  const plan = planRun(settings, tables)
  const report = settings.report === undefined ? undefined : await openReport(settings.report)
  const listeners = guarded(options)
  const hooks: RunHooks = {
    onEvent: listeners.onProgress,
    ...((report !== undefined || options.onDifference !== undefined) && {
      async onDifference(difference: Difference) {
        await report?.write(difference)
        await listeners.onDifference(difference)
      },
    }),
  }
  try {
    const summary = await run({ settings, tables, plan }, hooks, listeners.signal)
    listeners.throwFailure()
    return summary
  } finally {
    await report?.close()
  }
}

/** The caller's listeners; the first that throws ends the run, and is not called again. */
function guarded({ onProgress, onDifference, signal }: RunOptions) {
  const ending = new AbortController()
  let failure: { readonly error: unknown } | undefined
  const fail = (error: unknown) => {
    failure ??= { error }
    ending.abort()
  }
  return {
    signal: signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]),
    onProgress(event: RunEvent) {
      if (failure !== undefined) return
      try {
        onProgress?.(event)
      } catch (error) {
        fail(error)
      }
    },
    async onDifference(difference: Difference) {
      if (failure !== undefined) return
      try {
        await onDifference?.(difference)
      } catch (error) {
        fail(error)
      }
    },
    throwFailure() {
      if (failure !== undefined) throw failure.error
    },
  }
}

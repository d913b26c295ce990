/** Options in, result out: what the command and `runSync` have in common. */
import type { Difference } from './model/difference.ts'
import type { RunEvent } from './model/events.ts'
import type { Summary } from './model/summary.ts'
import type { Spelling } from './options/check.ts'
import { resolveOptions } from './options/resolve.ts'
import type { RunOptions } from './options/run-options.ts'
import { loadHooks } from './protocol/hooks-module.ts'
import { openReport } from './report/ndjson.ts'
import { inspectTables } from './run/inspect.ts'
import { planRun } from './run/plan.ts'
import { topologyRail } from './run/rails.ts'
import { run } from './run/run.ts'
import { summariseNothing } from './run/summarise.ts'
import type { RunHooks } from './run/teller.ts'

/**
 * @throws TablesyncError where the options or the tables are not fit for a run; nothing was done then
 * @throws whatever a listener throws; the run is ended after the pages in hand first
 */
export async function sync(options: RunOptions, spelling: Spelling): Promise<Summary> {
  const settings = resolveOptions(options, spelling)
  if (settings.hooks !== undefined) await loadHooks(settings.hooks)
  const listeners = guarded(options)
  const { signal } = listeners
  const tables = await unlessAborted(signal, inspectTables(settings, signal))
  if (tables === undefined) return summariseNothing(settings)
  const stop = topologyRail(settings, tables)
  if (stop !== undefined) return summariseNothing(settings, stop)
  const plan = planRun(settings, tables)
  const report = settings.report === undefined ? undefined : await openReport(settings.report)
  const hooks: RunHooks = {
    onEvent: listeners.onProgress,
    allTold: async () => report?.close(),
    ...((report !== undefined || options.onDifference !== undefined) && {
      async onDifference(difference: Difference) {
        await report?.write(difference)
        await listeners.onDifference(difference)
      },
    }),
  }
  try {
    const summary = await run({ settings, tables, plan }, hooks, signal)
    listeners.throwFailure()
    return summary
  } finally {
    // A run that came to its end has closed it, and told what was wrong with it.
    await report?.close().catch(() => {})
  }
}

/** What the work yields; undefined where it was ended by the signal. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
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

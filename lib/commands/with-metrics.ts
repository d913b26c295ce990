/** Has a run write its metrics, if it is asked to. */
import { asTablesyncError } from '../errors.ts'
import type { RunEvent } from '../model/events/events.ts'
import type { Summary } from '../model/results/summary.ts'
import type { RunIdentity } from '../model/run-identity.ts'
import type { Settings } from '../options/settings.ts'
import type { Caller } from './caller.ts'
import type { Listening } from './listeners.ts'

export interface MeteredRun {
  readonly command: 'sync' | 'apply' | 'undo'
  readonly settings: Settings
  readonly identity: RunIdentity
  readonly caller: Caller
}

/** @param work is given the listeners that also feed the metrics */
export async function withMetrics<Given extends Listening>(
  { command, settings, identity, caller }: MeteredRun,
  options: Given,
  work: (options: Given) => Promise<Summary>,
): Promise<Summary> {
  const { metricsFile: file, master, replicas } = settings
  if (file === undefined) return work(options)
  // With it comes prom-client, which other runs do without.
  const { openMetrics } = await import('../metrics/metrics-file.ts')
  const metrics = await openMetrics({
    file,
    packageFile: caller.packageFile,
    run: {
      ...{ command, identity },
      master: command === 'undo' ? undefined : master.ref.label,
      replicas: replicas.map(({ ref }) => ref.label),
    },
  })
  // They may be async, whatever their type says.
  const tell = (event: RunEvent): unknown => options.onProgress?.(event)
  const tellFailure = (): unknown => {
    const failure = metrics.takeFailure()
    if (failure === undefined) return undefined
    return tell({ type: 'output-lost', what: 'metrics', file, message: failure.message })
  }
  const onProgress = (event: RunEvent): unknown => {
    metrics.hear(event)
    const answers = [tellFailure(), tell(event)].filter((answer) => answer !== undefined)
    return answers.length === 0 ? undefined : Promise.all(answers)
  }
  await tellFailure()
  try {
    const summary = await work({ ...options, onProgress: onProgress as (event: RunEvent) => void })
    await metrics.end(summary)
    await tellFailure()
    return summary
  } catch (thrown) {
    await metrics.end(asTablesyncError(thrown))
    throw thrown
  }
}

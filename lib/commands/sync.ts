/** Options in, result out: what the command and `runSync` have in common. */
import { fileBehind, refuseSharedFiles } from '../files/distinct-files.ts'
import { newRunIdentity, type RunIdentity } from '../model/run-identity.ts'
import type { Summary } from '../model/summary.ts'
import { currentOptions } from '../options/current-options.ts'
import type { Spelling } from '../options/option.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { RunOptions } from '../options/run-options.ts'
import type { Settings } from '../options/settings.ts'
import {
  type OpenCheckpoint,
  openCheckpoint,
  refuseOtherTables,
} from '../run/checkpoint/checkpoint-opening.ts'
import { tryHooks } from '../run/preflight/hooks-check.ts'
import { refuseIgnoredKeys } from '../run/preflight/key-attributes.ts'
import { planRun } from '../run/preflight/scan-plan.ts'
import { checkControlFile } from '../run/rate/control-file.ts'
import { headerOf } from '../run/records/frame-lines.ts'
import { refuseUnopenable } from '../run/records/refusals.ts'
import { run } from '../run/run.ts'
import { topologyStop } from '../run/safeguards/safeguard-limits.ts'
import { summariseNothing } from '../run/summarise.ts'
import type { ThreadFiles } from '../run/threads/thread-files.ts'
import type { Caller } from './caller.ts'
import { unlessAborted, withListeners } from './listeners.ts'

/**
 * @throws TablesyncError where the options or the tables are not fit for a run; nothing was done then
 * @throws whatever a listener throws; the run is ended after the pages in hand first
 */
export async function sync(
  given: RunOptions,
  { spelling, threads, identity = newRunIdentity() }: Caller,
): Promise<Summary> {
  const options = currentOptions(given)
  const settings = resolveOptions(options, spelling)
  await refuseSharedFiles({
    files: {
      [spelling('report')]: options.report,
      [spelling('journal')]: options.journal,
      [spelling('plan')]: options.plan,
      [spelling('checkpoint')]: options.checkpoint,
      [spelling('control')]: options.control,
      [spelling('hooks')]: fileBehind(settings.hooks?.url),
    },
    checkpoint: spelling('checkpoint'),
  })
  await tryHooks(settings.hooks, threads.hooksTrial, options.signal)
  await checkControlFile(settings.control)
  const checkpoint = await openCheckpoint(settings, spelling)
  try {
    // A run that has come to its end is not begun again.
    const ended = checkpoint?.taken
    if (ended?.summary !== undefined) {
      const { began, saved } = ended
      options.onProgress?.({
        type: 'ended-before',
        checkpoint: checkpoint?.file ?? '',
        ...(began !== undefined && { began }),
        ...(saved !== undefined && { ended: saved }),
      })
    }
    const summary =
      ended?.summary ??
      (await syncFrom({ checkpoint, settings, identity, threads }, options, spelling))
    return { ...identity, ...summary }
  } finally {
    await checkpoint?.lock.release()
  }
}

interface Beginning {
  readonly checkpoint: OpenCheckpoint | undefined
  readonly settings: Settings
  readonly identity: RunIdentity
  readonly threads: ThreadFiles
}

async function syncFrom(
  { checkpoint, settings, identity, threads }: Beginning,
  options: RunOptions,
  spelling: Spelling,
): Promise<Summary> {
  const { maxDuration } = settings
  const goodReport = checkpoint?.taken?.report
  return withListeners(options, { goodReport, maxDuration }, async ({ signal, over, during }) => {
    // With it comes the SDK, which a run that is refused does without.
    const { inspectTables } = await import('../run/preflight/table-inspection.ts')
    const tables = await unlessAborted(
      signal,
      inspectTables(settings, { ...identity, signal, over }),
    )
    const taken = checkpoint?.taken
    if (tables === undefined) return summariseNothing(settings, { taken })
    if (checkpoint !== undefined) refuseOtherTables(checkpoint, settings, tables, spelling)
    refuseIgnoredKeys(settings, tables, spelling)
    const stop = topologyStop(settings, tables)
    if (stop !== undefined) {
      return summariseNothing(settings, { stopped: stop, readUnits: tables.readUnits, taken })
    }
    const planned = planRun(settings, tables)
    const plan = { ...planned, segments: taken?.segments ?? planned.segments }
    await refuseUnopenable(settings, tables, checkpoint)
    const header = headerOf('report', settings, tables)
    const preparation = { settings, tables, plan, checkpoint, identity, threads }
    return during(header, (listeners) => run(preparation, listeners, signal))
  })
}

/** What every command does between its options and its run. */
import { usageError } from '../errors.ts'
import { fileBehind, refuseSharedFiles } from '../files/distinct-files.ts'
import { readMasks } from '../masks/masks-file.ts'
import type { Summary } from '../model/results/summary.ts'
import type { RunIdentity } from '../model/run-identity.ts'
import { namedFiles } from '../options/named-files.ts'
import type { RunOptions } from '../options/run-options.ts'
import type { Settings } from '../options/settings.ts'
import { refuseUnwritablePage } from '../page/page-file.ts'
import type { SubjectName } from '../page/subjects.ts'
import type { OpenCheckpoint } from '../run/checkpoint/checkpoint-opening.ts'
import { tryHooks } from '../run/preflight/hooks-check.ts'
import { hooksDigest } from '../run/preflight/hooks-digest.ts'
import type { Plan } from '../run/preflight/scan-plan.ts'
import { checkControlFile } from '../run/rate/control-file.ts'
import type { RunListeners } from '../run/records/difference-sink.ts'
import { headerOf } from '../run/records/frame-lines.ts'
import { refuseUnopenable } from '../run/records/refusals.ts'
import type { Preparation } from '../run/run-context.ts'
import { topologyStop } from '../run/safeguards/safeguard-limits.ts'
import { summariseNothing } from '../run/summarise.ts'
import type { RunToBegin, Tables } from '../run/tables/table-inspection.ts'
import type { ThreadFiles } from '../run/threads/thread-files.ts'
import type { Caller } from './caller.ts'
import { refuseGone, withCreations, withoutMissing } from './creations.ts'
import { type Listening, unlessAborted, withListeners } from './listeners.ts'

/** What stands for standard output. */
const STDOUT = '-'

type FilesGiven = Pick<RunOptions, 'report' | 'html' | 'signal'>

/**
 * Returns the settings with what files say of them.
 *
 * @throws TablesyncError where two options name one file, or the hooks, the masks or the control
 * file cannot be used
 */
export async function checkFiles(
  options: FilesGiven,
  settings: Settings,
  { spelling, threads, print, maskKey }: Caller,
): Promise<Settings> {
  const { hooks, control, maskFiles } = settings
  if (options.report === STDOUT && print === undefined) {
    throw usageError(
      `Expected \`${spelling('report')}\` to be a file, got "-"`,
      'A program hears of each difference by `onDifference`.',
    )
  }
  await refuseSharedFiles({
    files: { ...namedFiles(options, spelling), [spelling('hooks')]: fileBehind(hooks?.url) },
    checkpoints: [spelling('checkpoint')],
  })
  if (options.html !== undefined) await refuseUnwritablePage(options.html)
  const tried = await tryHooks(hooks, threads.hooksTrial, options.signal)
  await checkControlFile(control)
  const masks = maskFiles && (await readMasks({ ...maskFiles, key: maskKey }))
  const transform = tried.transforms && hooks ? await hooksDigest(hooks) : undefined
  if (masks === undefined && transform === undefined) return settings
  const change = {
    ...(masks !== undefined && { masks }),
    ...(transform !== undefined && { transform }),
  }
  return Object.freeze({ ...settings, change })
}

/** What is settled before the tables are looked at. */
export interface Settled {
  readonly settings: Settings
  readonly identity: RunIdentity
  readonly threads: ThreadFiles
  readonly checkpoint?: OpenCheckpoint | undefined
  readonly caller: Caller
}

/** What a command does with the tables. */
export interface Work {
  /** What its page is about. */
  readonly subject: SubjectName
  inspect(begin: RunToBegin): Promise<Tables>
  /** @throws TablesyncError where the tables are not fit for it */
  check(tables: Tables): void
  planOf(tables: Tables): Plan
  run(preparation: Preparation, listeners: RunListeners, signal: AbortSignal): Promise<Summary>
}

/** Inspects the tables, and runs the work if nothing speaks against it. */
export function beginRun(
  { settings: given, identity, threads, checkpoint, caller }: Settled,
  options: Listening,
  work: Work,
): Promise<Summary> {
  const taken = checkpoint?.taken
  const { maxDuration } = given
  const more = { goodReport: taken?.report, maxDuration, print: caller.print }
  return withListeners(options, more, async ({ signal, over, before, during }) => {
    const check = async (tables: Tables) => {
      const settings = withoutMissing(given, tables)
      refuseGone(tables, given, checkpoint)
      work.check(tables)
      await refuseUnopenable(settings, tables, checkpoint)
      return topologyStop(settings, tables) !== undefined
    }
    const begin = { ...identity, signal, over, making: { ...before, check } }
    const tables = await unlessAborted(signal, work.inspect(begin))
    if (tables === undefined) return summariseNothing(given, { taken })
    const settings = withoutMissing(given, tables)
    const told = (summary: Summary) => withCreations(summary, given, tables)
    refuseGone(tables, given, checkpoint)
    work.check(tables)
    const stop = tables.made?.stop ?? topologyStop(settings, tables)
    const { readUnits } = tables
    if (stop !== undefined) {
      return told(summariseNothing(settings, { stopped: stop, readUnits, taken }))
    }
    if (settings.replicas.length === 0) {
      return told(summariseNothing(settings, { readUnits, isInterrupted: false }))
    }
    const plan = work.planOf(tables)
    await refuseUnopenable(settings, tables, checkpoint)
    const header = headerOf('report', settings, tables)
    const { sharedLimits } = caller
    const preparation = { settings, tables, plan, checkpoint, identity, threads, sharedLimits }
    const runFor = (listeners: RunListeners) => work.run(preparation, listeners, signal)
    if (settings.html === undefined) return told(await during(header, runFor))
    const { pageOfRun } = await import('./page-of-run.ts')
    const page = pageOfRun({
      subject: work.subject,
      preparation,
      header,
      file: settings.html,
      caller,
    })
    return told(
      await page.written(await during(header, (listeners) => runFor(page.hearing(listeners)))),
    )
  })
}

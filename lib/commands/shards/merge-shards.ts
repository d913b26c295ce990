/** Puts together what shards have found: what the command `merge` and `mergeShards` have in common. */
import { usageError } from '../../errors.ts'
import { realOf, refuseSharedFiles } from '../../files/distinct-files.ts'
import { refuseUncreatable } from '../../files/lines/durable-lines.ts'
import type { RunEvent } from '../../model/events/events.ts'
import type { ShardRun } from '../../model/files/shard-files.ts'
import type { Summary } from '../../model/results/summary.ts'
import { checkFile, refuseStray } from '../../options/commands.ts'
import { currentOptions } from '../../options/current-options.ts'
import { namedFiles } from '../../options/named-files.ts'
import type { Spelling } from '../../options/option.ts'
import type { MergeOptions } from '../../options/run-options.ts'
import { refuseUnwritablePage } from '../../page/page-file.ts'
import { JOURNAL_FILE } from '../../run/journal/journal-writer.ts'
import { PLAN_FILE } from '../../run/records/plan-reader.ts'
import { knownCommits } from '../../shards/known-commits.ts'
import { readShardRun } from '../../shards/run-file.ts'
import { isOfShards } from '../../shards/shard-paths.ts'
import type { Caller } from '../caller.ts'
import { mergedJournal, mergedPlan } from './merged-files.ts'
import { mergedReport } from './merged-report.ts'
import { mergedRun } from './merged-run.ts'
import { releaseOf } from './release.ts'

export interface MergeListeners {
  readonly onEvent?: (event: RunEvent) => void
}

/**
 * Reads the folder, and no table.
 *
 * @throws TablesyncError where a shard is missing or does not fit, or a file cannot be written
 */
export async function mergeShards(
  given: MergeOptions,
  caller: Caller,
  { onEvent = () => {} }: MergeListeners = {},
): Promise<Summary> {
  const { spelling } = caller
  const options = currentOptions(given)
  refuseStray('merge', options, spelling)
  const { folder, report, plan, journal, html } = options
  checkFile('merge', folder)
  await refuseSharedFiles({ files: namedFiles(options, spelling) })
  await refuseInside(folder, options, spelling)
  if (html !== undefined) await refuseUnwritablePage(html)
  for (const [file, what] of [
    [plan, PLAN_FILE],
    [journal, JOURNAL_FILE],
  ] as const) {
    if (file !== undefined) await refuseUncreatable({ ...what, file })
  }
  const known = await readShardRun(folder, await releaseOf(caller))
  refuseEmpty(known.run, options, spelling)
  const shards = await knownCommits(known)
  const run = mergedRun(known.run, shards, spelling)
  // First, since it finds what is damaged: nothing is written then.
  const merged = await mergedJournal(run, folder, shards, journal)
  return merged.removedOnFailure(async () => {
    const told = await mergedReport(run, shards, { file: report, print: caller.print })
    const { uncommittedWrites } = merged
    const summary: Summary = {
      ...run.summary(told.changed),
      shards: { count: shards.length, uncommittedWrites },
    }
    await told.end(summary)
    if (plan !== undefined) {
      const keys = await mergedPlan(run, shards, summary, plan)
      onEvent({ type: 'plan-written', plan, keys })
    }
    await merged.end(summary)
    onEvent(run.planEvent)
    if (html !== undefined) {
      const { writeMergedPage } = await import('./merged-page.ts')
      await writeMergedPage(html, { run, summary, told, caller })
    }
    return summary
  })
}

/** A file without a line would look as if nothing were to be done. */
function refuseEmpty(
  { meaning }: ShardRun,
  { plan, journal }: MergeOptions,
  spelling: Spelling,
): void {
  const isPlanned = ['writeMissing', 'writeDiffering', 'deleteExtra'].some((name) => meaning[name])
  if (plan !== undefined && !isPlanned) {
    throw usageError(
      `Expected \`${spelling('plan')}\` for a run that was planned with write flags; this one has none`,
      'Plan a run with them, and with --dry-run if nothing is to be written yet.',
    )
  }
  if (journal === undefined || meaning['dryRun'] !== true) return
  throw usageError(
    `Expected \`${spelling('journal')}\` for a run that writes; this one was a dry run`,
    'Leave it out: nothing was written that could be taken back.',
  )
}

/** What the shards have written is all that there is: no output takes its place. */
async function refuseInside(folder: string, options: MergeOptions, spelling: Spelling) {
  const real = await realOf(folder)
  for (const [name, file] of Object.entries(namedFiles(options, (name) => name))) {
    if (file === undefined || !isOfShards(real, await realOf(file))) continue
    throw usageError(
      `Expected \`${spelling(name)}\` to lie outside the folders of the shards, got ${file}`,
      'Name a file elsewhere.',
    )
  }
}

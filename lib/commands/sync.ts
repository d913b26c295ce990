/** Options in, result out: what the command and `runSync` have in common. */

import type { Summary } from '../model/results/summary.ts'
import { newRunIdentity } from '../model/run-identity.ts'
import { currentOptions } from '../options/current-options.ts'
import { refuseUnconsented } from '../options/groups/create-options.ts'
import { refuseBesideFilter } from '../options/groups/filter-options.ts'
import type { KeyList } from '../options/groups/key-options.ts'
import type { Spelling } from '../options/option.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { RunOptions } from '../options/run-options.ts'
import type { Settings } from '../options/settings.ts'
import { openCheckpoint, refuseOtherTables } from '../run/checkpoint/checkpoint-opening.ts'
import { withLiteralIgnore } from '../run/checkpoint/literal-ignore.ts'
import { runUntilInSync } from '../run/passes/until-in-sync.ts'
import { type KeyQueues, runListed } from '../run/phases/compare-listed.ts'
import { refuseBesideChanges } from '../run/preflight/changed-items.ts'
import { refuseIgnoredKeys } from '../run/preflight/key-attributes.ts'
import { planOfKeys, planRun } from '../run/preflight/scan-plan.ts'
import { run } from '../run/run.ts'
import type { inspectTables } from '../run/tables/table-inspection.ts'
import { listKeys } from '../selection/key-queues.ts'
import { beginRun, checkFiles, type Settled, type Work } from './begin-run.ts'
import type { Caller } from './caller.ts'
import { type MeteredRun, withMetrics } from './with-metrics.ts'

/**
 * @throws TablesyncError where the options or the tables are not fit for a run; nothing was done then
 * @throws whatever a listener throws; the run stops after in-flight pages first
 */
export async function sync(given: RunOptions, caller: Caller): Promise<Summary> {
  const { spelling, identity = newRunIdentity() } = caller
  const options = await withLiteralIgnore(currentOptions(given))
  const resolved = resolveOptions(options, spelling)
  refuseBesideFilter(options, spelling)
  refuseUnconsented(options, { isAsked: options.confirm !== undefined }, spelling)
  const settings = await checkFiles(options, resolved, caller)
  const metered = { command: 'sync', settings, identity, caller } as const
  return withMetrics(metered, options, (heard) => compare(heard, metered))
}

async function compare(
  options: RunOptions,
  { settings, identity, caller }: MeteredRun,
): Promise<Summary> {
  const { spelling, threads } = caller
  const checkpoint = await openCheckpoint(settings, spelling)
  try {
    // A finished run is not begun again.
    const ended = checkpoint?.taken
    if (ended?.summary !== undefined) {
      const { began, saved } = ended
      options.onProgress?.({
        type: 'ended-before',
        checkpoint: checkpoint?.file ?? '',
        ...(began !== undefined && { began }),
        ...(saved !== undefined && { ended: saved }),
      })
      return { ...identity, ...ended.summary }
    }
    const settled = { settings, identity, threads, checkpoint, caller }
    const work = await comparison(settled, spelling)
    return { ...identity, ...(await beginRun(settled, options, work)) }
  } finally {
    await checkpoint?.lock.release()
  }
}

async function comparison(
  { settings, checkpoint, threads }: Settled,
  spelling: Spelling,
): Promise<Work> {
  // With it comes the SDK, which a run that is refused does without.
  const { inspectTables } = await import('../run/tables/table-inspection.ts')
  const { withTriedTransform } = await import('../run/preflight/transform-trial.ts')
  const { keyList, passes } = settings
  if (keyList !== undefined) return comparisonOfKeys(settings, keyList, spelling, inspectTables)
  return {
    subject: 'comparison',
    async inspect(begin) {
      const tables = await inspectTables(settings, begin)
      return withTriedTransform(settings, tables, threads.hooksTrial, begin.signal)
    },
    check(tables) {
      if (checkpoint !== undefined) refuseOtherTables(checkpoint, settings, tables, spelling)
      refuseIgnoredKeys(settings, tables, spelling)
      refuseBesideChanges(settings, tables, spelling)
    },
    planOf(tables) {
      const plan = planRun(settings, tables)
      return { ...plan, segments: checkpoint?.taken?.segments ?? plan.segments }
    },
    run: (preparation, listeners, signal) =>
      passes === undefined
        ? run(preparation, listeners, signal)
        : runUntilInSync(preparation, passes, listeners, signal),
  }
}

/** Keys are read once the tables' key is known, and before anything else is done. */
function comparisonOfKeys(
  settings: Settings,
  keyList: KeyList,
  spelling: Spelling,
  inspect: typeof inspectTables,
): Work {
  let queues: KeyQueues = new Map()
  return {
    subject: 'listed keys',
    async inspect(begin) {
      const tables = await inspect(settings, begin, { scans: false })
      const [master, ...replicas] = tables.inspected
      const listedFor = {
        schema: master.facts.keySchema,
        masterId: master.facts.tableId,
        replicas: new Map(replicas.map(({ ref, facts }) => [ref.label, facts.tableId])),
      }
      queues = await listKeys(keyList, listedFor, spelling('key'))
      return tables
    },
    check(tables) {
      refuseIgnoredKeys(settings, tables, spelling)
      refuseBesideChanges(settings, tables, spelling)
    },
    planOf: () => ({ ...planOfKeys(settings), findExtras: true, isOfKeys: true }),
    run: (preparation, listeners, signal) => runListed(preparation, queues, listeners, signal),
  }
}

/** A comparison between its settings and its result: what `sync` and a shard have in common. */
import type { Summary } from '../model/results/summary.ts'
import type { KeyList } from '../options/groups/items/key-options.ts'
import type { Spelling } from '../options/option.ts'
import type { RunOptions } from '../options/run-options.ts'
import type { Settings } from '../options/settings.ts'
import { openCheckpoint, refuseOtherTables } from '../run/checkpoint/checkpoint-opening.ts'
import { runUntilInSync } from '../run/passes/until-in-sync.ts'
import { type KeyQueues, runListed } from '../run/phases/compare-listed.ts'
import { refuseBesideChanges } from '../run/preflight/changed-items.ts'
import { refuseIgnoredKeys } from '../run/preflight/key-attributes.ts'
import { type Plan, planOfKeys, planRun } from '../run/preflight/scan-plan.ts'
import { run } from '../run/run.ts'
import type { inspectTables, Tables } from '../run/tables/table-inspection.ts'
import { listKeys } from '../selection/key-queues.ts'
import { beginRun, type Settled, type Work } from './begin-run.ts'
import type { MeteredRun } from './with-metrics.ts'

/** The part of the tables that a comparison is of. */
export interface Scope {
  /** @throws TablesyncError where the tables are not fit for it */
  check(tables: Tables): void
  planOf(plan: Plan, tables: Tables): Plan
}

/** @param scope absent: the whole tables */
export async function compare(
  options: RunOptions,
  { settings, identity, caller }: Omit<MeteredRun, 'command'>,
  scope?: Scope,
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
    const work = await comparison(settled, spelling, scope)
    return { ...identity, ...(await beginRun(settled, options, work)) }
  } finally {
    await checkpoint?.lock.release()
  }
}

async function comparison(
  { settings, checkpoint, threads }: Settled,
  spelling: Spelling,
  scope: Scope | undefined,
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
      scope?.check(tables)
    },
    planOf(tables) {
      const whole = planRun(settings, tables)
      const plan = scope?.planOf(whole, tables) ?? whole
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

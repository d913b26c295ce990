/** Plan in, result out: what the `apply` command and `applySync` have in common. */
import { fileBehind, refuseSharedFiles } from '../files/distinct-files.ts'
import type { RepairPlanHeader } from '../model/files/plan-lines.ts'
import type { RecordedTable } from '../model/files/recorded-table.ts'
import { newRunIdentity } from '../model/run-identity.ts'
import type { Summary } from '../model/summary.ts'
import { checkFile, refuseStray } from '../options/commands.ts'
import { currentOptions } from '../options/current-options.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { ApplyOptions, RunOptions } from '../options/run-options.ts'
import type { Settings } from '../options/settings.ts'
import { runApply } from '../run/phases/apply-plan.ts'
import { tryHooks } from '../run/preflight/hooks-check.ts'
import { inspectTables } from '../run/preflight/table-inspection.ts'
import { checkControlFile } from '../run/rate/control-file.ts'
import { headerOf } from '../run/records/frame-lines.ts'
import { type ReviewedPlan, readRepairPlan } from '../run/records/plan-reader.ts'
import { refuseUnopenable } from '../run/records/refusals.ts'
import { refuseOtherTable } from '../run/records/table-match.ts'
import { topologyStop } from '../run/safeguards/safeguard-limits.ts'
import { summariseNothing } from '../run/summarise.ts'
import type { Caller } from './caller.ts'
import { unlessAborted, withListeners } from './listeners.ts'

/**
 * @throws TablesyncError where the plan, the options or the tables are not fit; nothing was done then
 */
export async function apply(
  given: ApplyOptions,
  { spelling, threads, identity = newRunIdentity() }: Caller,
): Promise<Summary> {
  const options = currentOptions(given)
  refuseStray('apply', options, spelling)
  const { plan: file, ...others } = options
  checkFile('apply', file)
  const reviewed = await readRepairPlan(file)
  const settings = resolveOptions(asRunOptions(reviewed.header, others), spelling, 'the plan')
  await refuseSharedFiles({
    files: {
      [spelling('plan')]: file,
      [spelling('report')]: options.report,
      [spelling('journal')]: options.journal,
      [spelling('control')]: options.control,
      [spelling('hooks')]: fileBehind(settings.hooks?.url),
    },
  })
  await tryHooks(settings.hooks, threads.hooksTrial, options.signal)
  await checkControlFile(settings.control)
  const summary = await withListeners(options, {}, async ({ signal, over, during }) => {
    const tables = await unlessAborted(
      signal,
      inspectTables(settings, { ...identity, signal, over }, { scans: false }),
    )
    if (tables === undefined) return summariseNothing(settings)
    const [master, ...replicas] = tables.inspected
    refuseOtherTable(reviewed.header.master, master, 'plan')
    for (const replica of replicas) {
      refuseOtherTable(reviewed.header.tables[replica.ref.label], replica, 'plan')
    }
    const stop = topologyStop(settings, tables)
    if (stop !== undefined) {
      return summariseNothing(settings, { stopped: stop, readUnits: tables.readUnits })
    }
    const plan = planOf(reviewed, settings)
    await refuseUnopenable(settings, tables)
    const header = headerOf('report', settings, tables)
    const preparation = { settings, tables, plan, threads }
    return during(header, (listeners) => runApply(preparation, reviewed, listeners, signal))
  })
  return { ...summary, ...identity }
}

/** Nothing to scan: what the reviewed run has scanned stands for it. */
const planOf = ({ end }: ReviewedPlan, { workers }: Settings) => ({
  segments: 0,
  workers,
  byLookup: true,
  mayGoOver: false,
  findExtras: true,
  startingKey: undefined,
  scanned: { master: end.master, replicas: end.scanned },
})

/** All kinds of writes: the plan has only those that were asked for. */
function asRunOptions(
  { master, tables, rules }: RepairPlanHeader,
  options: Omit<ApplyOptions, 'plan'>,
): RunOptions {
  const endpoints = [options.endpoint, options.masterEndpoint, options.replicaEndpoint]
  const isElsewhere = endpoints.some((endpoint) => endpoint !== undefined)
  const named = (table: string, { endpoint }: RecordedTable) =>
    endpoint === undefined || isElsewhere ? table : { table, endpoint }
  const writes = { writeMissing: true, writeDiffering: true, deleteExtra: true }
  return {
    ...options,
    ...writes,
    ...rules,
    // Reads by key are all that it takes.
    strategy: 'lookup',
    master: named(master.label, master),
    replicas: Object.entries(tables).map(([label, table]) => named(label, table)),
  }
}

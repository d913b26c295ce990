/** Plan in, result out: what the `apply` command and `applySync` have in common. */
import type { RepairPlanHeader } from '../model/files/plan-lines.ts'
import type { RecordedTable } from '../model/files/recorded-table.ts'
import { newRunIdentity } from '../model/run-identity.ts'
import type { Summary } from '../model/summary.ts'
import { checkFile, refuseStray } from '../options/commands.ts'
import { currentOptions } from '../options/current-options.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { ApplyOptions, RunOptions } from '../options/run-options.ts'
import { runApply } from '../run/phases/apply-plan.ts'
import { planOfKeys } from '../run/preflight/scan-plan.ts'
import { readRepairPlan } from '../run/records/plan-reader.ts'
import { inspectTables } from '../run/tables/table-inspection.ts'
import { refuseOtherTable } from '../run/tables/table-match.ts'
import { beginRun, checkFiles } from './begin-run.ts'
import type { Caller } from './caller.ts'

/**
 * @throws TablesyncError where the plan, the options or the tables are not fit; nothing was done then
 */
export async function apply(given: ApplyOptions, caller: Caller): Promise<Summary> {
  const { spelling, threads, identity = newRunIdentity() } = caller
  const options = currentOptions(given)
  refuseStray('apply', options, spelling)
  const { plan: file, ...others } = options
  checkFile('apply', file)
  const reviewed = await readRepairPlan(file)
  const settings = resolveOptions(asRunOptions(reviewed.header, others), spelling, 'the plan')
  await checkFiles(options, settings, caller)
  const { header, end } = reviewed
  const summary = await beginRun({ settings, identity, threads }, options, {
    inspect: (begin) => inspectTables(settings, begin, { scans: false }),
    check({ inspected: [master, ...replicas] }) {
      refuseOtherTable(header.master, master, 'plan')
      for (const replica of replicas) {
        refuseOtherTable(header.tables[replica.ref.label], replica, 'plan')
      }
    },
    // What the reviewed run has scanned stands for a scan.
    planOf: () => ({
      ...planOfKeys(settings),
      scanned: { master: end.master, replicas: end.scanned },
    }),
    run: (preparation, listeners, signal) => runApply(preparation, reviewed, listeners, signal),
  })
  return { ...summary, ...identity }
}

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

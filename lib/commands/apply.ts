/** Plan in, result out: what the `apply` command and `applySync` have in common. */
import { usageError } from '../errors.ts'
import { pathsRecorded } from '../item/places/recorded-paths.ts'
import type { PlanRules, RepairPlanHeader } from '../model/files/plan-lines.ts'
import type { RecordedTable } from '../model/files/recorded-table.ts'
import type { Summary } from '../model/results/summary.ts'
import { newRunIdentity } from '../model/run-identity.ts'
import { checkFile, refuseStray } from '../options/commands.ts'
import { currentOptions } from '../options/current-options.ts'
import { SELECTION_OPTIONS } from '../options/groups/selection-options.ts'
import type { Spelling } from '../options/option.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { ApplyOptions, RunOptions } from '../options/run-options.ts'
import type { Settings } from '../options/settings.ts'
import { checkValue } from '../options/values/check-value.ts'
import { runApply } from '../run/phases/apply-plan.ts'
import { refuseMisfitMasks } from '../run/preflight/changed-items.ts'
import { planOfKeys } from '../run/preflight/scan-plan.ts'
import { pickFrom } from '../run/records/picked-plan.ts'
import { type ReviewedPlan, readRepairPlan } from '../run/records/plan-reader.ts'
import { inspectTables } from '../run/tables/table-inspection.ts'
import { refuseOtherTable } from '../run/tables/table-match.ts'
import { keysIn } from '../selection/key-lines.ts'
import { KeySet } from '../selection/key-set.ts'
import { picked } from '../selection/selection.ts'
import { beginRun, checkFiles, type Work } from './begin-run.ts'
import type { Caller } from './caller.ts'
import { withMetrics } from './with-metrics.ts'

/**
 * @throws TablesyncError where the plan, the options or the tables are not fit; nothing was done then
 */
export async function apply(given: ApplyOptions, caller: Caller): Promise<Summary> {
  const { spelling, threads, identity = newRunIdentity() } = caller
  const options = currentOptions(given)
  refuseStray('apply', options, spelling)
  const { plan: file, kind, attribute, exceptKeys, ...others } = options
  checkFile('apply', file)
  checkPicks({ kind, attribute, exceptKeys }, spelling)
  const whole = await readRepairPlan(file)
  const reviewed = await pickedOf(whole, { kind, attribute, exceptKeys }, spelling)
  const resolved = resolveOptions(asRunOptions(reviewed.header, others), spelling, 'the plan')
  const settings = await checkFiles(options, resolved, caller)
  const { header, end } = reviewed
  refuseOtherChanges(header.rules, settings, spelling)
  const work: Work = {
    subject: 'plan',
    inspect: (begin) => inspectTables(settings, begin, { scans: false }),
    check(tables) {
      const [master, ...replicas] = tables.inspected
      refuseOtherTable(header.master, master, 'plan')
      for (const replica of replicas) {
        refuseOtherTable(header.tables[replica.ref.label], replica, 'plan')
      }
      refuseMisfitMasks(settings, tables, spelling)
    },
    // What the reviewed run has scanned stands for a scan.
    planOf: () => ({
      ...planOfKeys(settings),
      ...(end.isOfKeys && { isOfKeys: true }),
      scanned: { master: end.master, replicas: end.scanned },
    }),
    run: (preparation, listeners, signal) => runApply(preparation, reviewed, listeners, signal),
  }
  const metered = { command: 'apply', settings, identity, caller } as const
  const summary = await withMetrics(metered, options, (heard) =>
    beginRun({ settings, identity, threads, caller }, heard, work),
  )
  return { ...summary, ...identity }
}

/** @throws TablesyncError with code `USAGE` where items would become others than were planned */
function refuseOtherChanges(
  { maskedBy, transformedBy }: PlanRules,
  { change }: Settings,
  spelling: Spelling,
): void {
  if (maskedBy !== change?.masks?.mark) {
    throw usageError(
      `Expected the masks of the plan, ${maskedBy ?? 'none'}; got ${change?.masks?.mark ?? 'none'}`,
      `Give \`${spelling('masks')}\` and its key as when the plan was written.`,
    )
  }
  if (transformedBy === change?.transform) return
  throw usageError(
    `Expected the hook \`transform\` of the plan, ${transformedBy ?? 'none'}; got ${change?.transform ?? 'none'}`,
    `Give \`${spelling('hooks')}\` as when the plan was written.`,
  )
}

type Picks = { readonly [name in 'kind' | 'attribute' | 'exceptKeys']: ApplyOptions[name] }

function checkPicks(picks: Picks, spelling: Spelling): void {
  for (const [name, value] of Object.entries(picks)) {
    const option = SELECTION_OPTIONS[name as keyof Picks]
    if (value !== undefined) checkValue(option, spelling(name), value)
  }
}

/** The plan, or the part of it that is picked. */
async function pickedOf(
  plan: ReviewedPlan,
  { kind, attribute, exceptKeys }: Picks,
  spelling: Spelling,
): Promise<ReviewedPlan> {
  if (kind === undefined && attribute === undefined && exceptKeys === undefined) return plan
  const { master, tables } = plan.header
  const schema = master.keySchema
  const flags = { kind: spelling('kind'), attribute: spelling('attribute') }
  const given = {
    ...(kind !== undefined && { kind }),
    ...(attribute !== undefined && { attribute }),
  }
  const except = new KeySet(schema)
  const replicas = new Map(Object.entries(tables).map(([label, { tableId }]) => [label, tableId]))
  const of = { schema, replicas, masterId: master.tableId }
  if (exceptKeys !== undefined) for await (const key of keysIn(exceptKeys, of)) except.add(key)
  return pickFrom(plan, picked({ ...given, keys: [], schema }, flags), {
    except,
    flag: flags.attribute,
  })
}

/**
 * All kinds of writes: the plan has only those that were asked for. But what is put whole, with
 * what is not compared, is taken back only where deletions were asked for.
 */
function asRunOptions(
  { master, tables, rules, options: planned }: RepairPlanHeader,
  options: Omit<ApplyOptions, 'plan'>,
): RunOptions {
  const endpoints = [options.endpoint, options.masterEndpoint, options.replicaEndpoint]
  const isElsewhere = endpoints.some((endpoint) => endpoint !== undefined)
  const named = (table: string, { endpoint }: RecordedTable) =>
    endpoint === undefined || isElsewhere ? table : { table, endpoint }
  const { ignorePaths, maskedBy: _, transformedBy: __, ...others } = rules
  const isOfParts = ignorePaths !== undefined || rules.only !== undefined
  const deleteExtra = !isOfParts || planned?.['deleteExtra'] === true
  const writes = { writeMissing: true, writeDiffering: true, deleteExtra }
  return {
    ...options,
    ...writes,
    ...others,
    ignore: pathsRecorded(rules),
    // Reads by key are all that it takes.
    strategy: 'lookup',
    master: named(master.label, master),
    replicas: Object.entries(tables).map(([label, table]) => named(label, table)),
  }
}

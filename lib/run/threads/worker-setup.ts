/** All that a thread of the run gets when it starts. */
import { randomBytes } from 'node:crypto'
import type { ChangeSetup } from '../../model/items/item-changes.ts'
import type { Settings } from '../../options/settings.ts'
import type { WorkerSetup } from '../../protocol/setup.ts'
import { CanaryFlags } from '../../protocol/shared/canary-flags.ts'
import { OrderRecord } from '../../protocol/shared/order-record.ts'
import { Outages } from '../../protocol/shared/outages.ts'
import { RecheckBudget } from '../../protocol/shared/recheck-budget.ts'
import { Allowance } from '../../protocol/shared/write-allowance.ts'
import { mayChangeKeys } from '../preflight/changed-keys.ts'
import type { Plan } from '../preflight/scan-plan.ts'
import { rateMemoryFor } from '../rate/rate-limits.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { LimitsOfRun } from '../safeguards/shared-limits.ts'
import type { Tables } from '../tables/table-inspection.ts'

function changeSetup(settings: Settings, { inspected }: Tables): ChangeSetup {
  const { masks } = settings.change ?? {}
  return {
    ...(masks !== undefined && { masks: { rules: masks.rules, key: masks.key } }),
    mayChangeKeys: mayChangeKeys(settings, inspected[0].facts.keySchema),
    seal: randomBytes(32),
  }
}

interface RunToSetUp {
  readonly settings: Settings
  readonly tables: Tables
  readonly plan: Pick<Plan, 'sample'>
  readonly sharedLimits?: LimitsOfRun | undefined
}

export function workerSetup(
  { settings, tables, plan, sharedLimits }: RunToSetUp,
  listeners: RunListeners,
): WorkerSetup {
  const { scanLimit, versionAttribute, hooks, repairPlan } = settings
  return {
    tables: tables.access,
    timeouts: settings.timeouts,
    compared: { ignore: settings.ignore, only: settings.only },
    putsWhole: settings.putsWhole,
    asked: settings.asked,
    write: settings.write,
    consistentRead: settings.consistentRead,
    ...(scanLimit !== undefined && { scanLimit }),
    batchReadLimit: settings.batchReadLimit,
    recheckPolicy: settings.recheckPolicy,
    ...(versionAttribute !== undefined && { versionAttribute }),
    newerWins: settings.newerWins,
    ...(hooks !== undefined && { hooks }),
    ...(settings.change !== undefined && { change: changeSetup(settings, tables) }),
    isWriting: Object.values(settings.write).includes(true),
    isJournaled: settings.journal !== undefined,
    // A sample counts them by segment.
    tellDifferences:
      listeners.onDifference !== undefined || repairPlan !== undefined || plan.sample !== undefined,
    showValues: settings.showValues,
    planning: repairPlan === undefined ? 'nothing' : repairPlan.withItems ? 'items' : 'digests',
    allowance: Allowance.memoryFor(settings.safeguards.maxWrites),
    ...(sharedLimits?.allowance !== undefined && { sharedAllowance: sharedLimits.allowance }),
    canaryFlags: CanaryFlags.memoryFor(tables.access.length, settings.canary !== undefined),
    putsInBatches:
      !settings.recheckPolicy.looksAgain &&
      settings.write.missing &&
      settings.journal === undefined,
    recheckBudget: RecheckBudget.memoryFor(tables.access.length),
    orderRecord: OrderRecord.memoryFor(tables.access.length),
    ...rateMemoryFor(tables.access.length),
    outages: Outages.memoryFor(tables.access.length),
  }
}

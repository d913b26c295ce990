/** Makes the summary of a run from its ledger. */

import type { Checkpoint } from '../model/files/checkpoint-content.ts'
import type {
  MasterSummary,
  Outcome,
  RepairBill,
  ReplicaSummary,
  Summary,
  WaitedStandstill,
} from '../model/results/summary.ts'
import type { RunIdentity } from '../model/run-identity.ts'
import type { Stop } from '../model/safeguard.ts'
import type { TableIndex } from '../model/tables/table.ts'
import type { DifferingSettings } from '../model/tables/table-settings.ts'
import { foundOf, imbalance, type ReplicaTally, remainingDifferences } from '../model/tally.ts'
import type { Milliseconds, ReadUnits } from '../model/units.ts'
import type { Settings } from '../options/settings.ts'
import { sampledReplica } from '../sampling/sampled-replica.ts'
import { findsExtras, type Plan, segmentsToCompare } from './preflight/scan-plan.ts'
import { repairBillOf } from './repair-bill.ts'
import { Ledger } from './state/ledger.ts'
import { takeUp } from './state/resumed-ledger.ts'
import type { CountedSegment } from './tasks/segment-differences.ts'

export interface RunEnd {
  readonly settings: Settings
  readonly plan: Pick<Plan, 'segments' | 'part' | 'sample' | 'findExtras'>
  readonly ledger: Ledger
  readonly identity?: RunIdentity | undefined
  readonly elapsedMs: Milliseconds
  readonly isInterrupted: boolean
  /** Whether the run ended by an error after which it could not go on. */
  readonly isFatal: boolean
  /** How it waited for keys to stand still. Undefined: it did not. */
  readonly standstill?: WaitedStandstill | undefined
  /** The safeguard that ended the run. */
  readonly stopped?: Stop | undefined
  /** Read units that went into reading keys again. */
  readonly recheckUnitsOf?: (replica: TableIndex) => ReadUnits
  /** Settings in which a replica is not like the master. Undefined: none is known. */
  readonly settingsOf?: (replica: TableIndex) => DifferingSettings | undefined
  /** Segments of a sample, with what each holds. Absent: none was drawn. */
  readonly sampledOf?: (replica: TableIndex) => readonly CountedSegment[]
  /** The safeguard that would stop the repair of a replica. */
  readonly stopOf?: (replica: TableIndex) => Pick<RepairBill, 'stoppedBy'>
}

export function summarise(end: RunEnd): Summary {
  const { settings, ledger, elapsedMs } = end
  const labels = settings.replicas.map(({ ref }) => ref.label)
  const summaries = labels.map((label, at): [string, ReplicaSummary] => [
    label,
    replicaSummary(end, at + 1),
  ])
  const master: MasterSummary = { table: settings.master.ref.label, ...ledger.totals().master }
  return {
    version: 1,
    ...end.identity,
    outcome: outcomeOf(end),
    dryRun: settings.dryRun,
    elapsedMs,
    ...(end.standstill !== undefined && { standstill: end.standstill }),
    strategy: settings.strategy,
    ...(settings.change?.masks !== undefined && { masks: settings.change.masks.mark }),
    master,
    replicas: Object.fromEntries(summaries),
    errors: ledger.errors(),
    ...partOf(end.plan),
    ...sampleOf(end, labels),
    ...(end.stopped !== undefined && {
      stopped: { ...end.stopped, rail: end.stopped.safeguard },
    }),
  }
}

function partOf({ part, segments }: RunEnd['plan']): Pick<Summary, 'part'> {
  return part === undefined ? {} : { part: { compared: part.length, segments } }
}

function sampleOf(
  { plan, ledger, sampledOf }: RunEnd,
  labels: readonly string[],
): Pick<Summary, 'sample'> {
  const { sample, segments, findExtras, part = [] } = plan
  if (sample === undefined || sampledOf === undefined) return {}
  const replicas = ledger
    .replicas()
    .map((replica) => [
      labels[replica - 1] as string,
      sampledReplica(sampledOf(replica), segments, findExtras),
    ])
  return {
    sample: { drawn: part.length, segments, ...sample, replicas: Object.fromEntries(replicas) },
  }
}

export interface NotBegun {
  readonly stopped?: Stop
  readonly readUnits?: readonly ReadUnits[]
  /** The checkpoint of the legs before. Undefined: there is none. */
  readonly taken?: Checkpoint | undefined
  /** False: there was nothing to do. */
  readonly isInterrupted?: boolean
}

/** The summary of a run that ended before it began: interrupted, unless a safeguard stopped it. */
export function summariseNothing(
  settings: Settings,
  { stopped, readUnits = [], taken, isInterrupted = stopped === undefined }: NotBegun = {},
): Summary {
  const replicas = settings.replicas.map((_, at) => at + 1)
  const ledger = new Ledger(replicas, settings.strategy === 'lookup')
  if (taken !== undefined) {
    const labels = settings.replicas.map(({ ref }) => ref.label)
    takeUp(ledger, taken, labels)
  }
  for (const [table, units] of readUnits.entries()) ledger.counts.addRead(table, units)
  return summarise({
    settings,
    plan: {
      segments: taken?.segments ?? 0,
      findExtras: taken !== undefined && findsExtras(settings),
    },
    ledger,
    elapsedMs: taken?.elapsedMs ?? 0,
    isInterrupted,
    isFatal: false,
    stopped,
  })
}

function replicaSummary(end: RunEnd, replica: number): ReplicaSummary {
  const { plan, ledger } = end
  const { byLookup, finished, deletionsWithheld, notPicked, changed, lost } =
    ledger.stateOf(replica)
  const total = ledger.totalOf(replica)
  const tally = shownTally(total)
  const isBilled = end.settings.dryRun && plan.sample === undefined && foundOf(total) > 0
  const never = neverLookedAt(end, replica)
  const settings = end.settingsOf?.(replica)
  return {
    ...tally,
    offered: tally.offered + never.notOffered,
    unverified: tally.unverified + never.notOffered + never.open,
    unjudged: unjudged(end, replica) - never.open,
    extra: plan.findExtras ? tally.extra : null,
    strategy: byLookup ? 'lookup' : 'march',
    lostSegments: segmentsToCompare(plan) - finished.size,
    deletionsWithheld,
    ...(end.recheckUnitsOf !== undefined && { recheckUnits: end.recheckUnitsOf(replica) }),
    ...(isBilled && { repair: { ...repairBillOf(total), ...end.stopOf?.(replica) } }),
    ...(changed.size > 0 && !ledger.isResumed && { attributes: mostChanged(changed) }),
    ...(settings !== undefined && { settings }),
    ...(notPicked > 0 && { notPicked }),
    lost: lost !== undefined,
  }
}

/** Counts that only the run itself needs. */
const INTERNAL = [
  'pending',
  'claimed',
  'sizedMissing',
  'sizedDiffering',
  'sizedExtra',
  'putBytes',
  'putUnits',
  'updateBytes',
  'updateUnits',
  'deleteUnits',
] as const satisfies readonly (keyof ReplicaTally)[]

function shownTally(tally: ReplicaTally): Omit<ReplicaTally, (typeof INTERNAL)[number]> {
  const shown: Partial<ReplicaTally> = { ...tally }
  for (const name of INTERNAL) delete shown[name]
  return shown as Omit<ReplicaTally, (typeof INTERNAL)[number]>
}

const MOST_ATTRIBUTES = 100

const mostChanged = (changed: ReadonlyMap<string, number>) =>
  Object.fromEntries([...changed].sort(([, a], [, b]) => b - a).slice(0, MOST_ATTRIBUTES))

/** Items that were scanned and have no outcome, including suspects that still wait. */
function unjudged({ ledger }: RunEnd, replica: number): number {
  const tally = ledger.totalOf(replica)
  return Math.max(tally.pending - imbalance(tally), 0)
}

/** Items without an outcome because a replica was lost, or tasks of it broke. */
function neverLookedAt(end: RunEnd, replica: number) {
  const { plan, ledger } = end
  const { lost, brokenTasks, finished } = ledger.stateOf(replica)
  const isWhole =
    finished.size === segmentsToCompare(plan) || (lost === undefined && brokenTasks === 0)
  if (isWhole) return { notOffered: 0, open: 0 }
  const notOffered = ledger.totals().master.scanned - ledger.totalOf(replica).offered
  return { notOffered: Math.max(notOffered, 0), open: unjudged(end, replica) }
}

function outcomeOf({ settings, plan, ledger, isInterrupted, isFatal, stopped }: RunEnd): Outcome {
  if (isInterrupted) return 'interrupted'
  if (stopped !== undefined) return 'stopped'
  const replicas = settings.replicas.map((_, at) => ({
    tally: ledger.totalOf(at + 1),
    state: ledger.stateOf(at + 1),
  }))
  const isIncomplete = replicas.some(
    ({ tally, state }) =>
      state.lost !== undefined ||
      state.finished.size < segmentsToCompare(plan) ||
      state.deletionsWithheld > 0 ||
      state.brokenTasks > 0 ||
      tally.failed > 0 ||
      tally.torn > 0 ||
      tally.unverified > 0 ||
      tally.pending > 0,
  )
  if (isFatal || isIncomplete || ledger.isIncomplete) return 'incomplete'
  if (plan.sample !== undefined) return 'sampled'
  const isLeft = replicas.some(
    ({ tally, state }) =>
      remainingDifferences(tally) > 0 || tally.conflicts > 0 || state.notPicked > 0,
  )
  return isLeft ? 'different' : 'in-sync'
}

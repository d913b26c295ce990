/** From the ledger to the document that a run ends with. */
import type { MasterSummary, Outcome, ReplicaSummary, Summary } from '../model/summary.ts'
import { remainingDifferences, zeroReplicaTally } from '../model/tally.ts'
import type { Milliseconds } from '../model/units.ts'
import type { Settings } from '../options/settings.ts'
import type { Tables } from './inspect.ts'
import type { Ledger } from './ledger.ts'
import type { Plan } from './plan.ts'

export interface RunEnd {
  readonly settings: Settings
  readonly plan: Plan
  readonly ledger: Ledger
  readonly tables: Tables
  readonly elapsedMs: Milliseconds
  readonly isInterrupted: boolean
  /** Ended by an error that left nothing to go on with. */
  readonly isFatal: boolean
}

export function summarise(end: RunEnd): Summary {
  const { settings, ledger, tables, elapsedMs } = end
  const [master, ...replicas] = tables.access
  const summaries = replicas.map(({ index, label }): [string, ReplicaSummary] => [
    label,
    replicaSummary(end, index),
  ])
  const masterSummary: MasterSummary = { table: master?.label ?? '', ...ledger.totals().master }
  return {
    version: 1,
    outcome: outcomeOf(end),
    dryRun: settings.dryRun,
    elapsedMs,
    strategy: settings.strategy,
    master: masterSummary,
    replicas: Object.fromEntries(summaries),
    errors: ledger.errors(),
  }
}

function replicaSummary({ plan, ledger }: RunEnd, replica: number): ReplicaSummary {
  const { byLookup, finishedSegments, deletionsWithheld } = ledger.fate(replica)
  const tally = { ...zeroReplicaTally(), ...ledger.totalOf(replica) }
  return {
    ...tally,
    extra: plan.findExtras ? tally.extra : null,
    strategy: byLookup ? 'lookup' : 'march',
    lostSegments: plan.segments - finishedSegments,
    deletionsWithheld,
  }
}

function outcomeOf({ plan, ledger, tables, isInterrupted, isFatal }: RunEnd): Outcome {
  if (isInterrupted) return 'interrupted'
  const replicas = tables.access.slice(1).map(({ index }) => ({
    tally: ledger.totalOf(index),
    fate: ledger.fate(index),
  }))
  const isIncomplete = replicas.some(
    ({ tally, fate }) =>
      fate.lost !== undefined ||
      fate.finishedSegments < plan.segments ||
      fate.deletionsWithheld > 0 ||
      tally.failed > 0 ||
      tally.unverified > 0,
  )
  if (isFatal || isIncomplete) return 'incomplete'
  return replicas.some(({ tally }) => remainingDifferences(tally) > 0) ? 'different' : 'in-sync'
}

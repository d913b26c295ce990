/**
 * A run from its plan to its summary. Start reading here: the main thread sees
 * all segments and none of the items.
 */
import PQueue from 'p-queue'
import { asTablesyncError } from '../errors.ts'
import type { RunEvent } from '../model/events.ts'
import type { Summary } from '../model/summary.ts'
import type { Settings } from '../options/settings.ts'
import type { CompareTask } from '../protocol/messages.ts'
import { deleteExtras } from './delete-extras.ts'
import { type Flight, fly, type Preparation } from './flight.ts'
import { type Plan, shuffledSegments } from './plan.ts'
import { deletionRail } from './rails.ts'
import { recheckDuring } from './recheck.ts'
import type { RunHooks } from './teller.ts'
import { tellWarnings } from './warnings.ts'

export function run(
  preparation: Preparation,
  hooks: RunHooks,
  signal: AbortSignal,
): Promise<Summary> {
  return fly(preparation, hooks, signal, async (flight) => {
    const { settings, tables, plan } = preparation
    const [master, ...replicas] = tables.inspected
    hooks.onEvent({ type: 'tables', master, replicas })
    tellWarnings(preparation, hooks)
    hooks.onEvent(planned(settings, plan))
    await recheckDuring(flight, compareAll(flight))
    await recheckDuring(flight, deleteAll(flight))
  })
}

async function compareAll(flight: Flight): Promise<void> {
  const { plan, settings } = flight
  const lanes = new PQueue({ concurrency: settings.parallel })
  for (const segment of shuffledSegments(plan.segments)) {
    await lanes.onSizeLessThan(settings.parallel)
    if (flight.isOver()) break
    void lanes.add(() => compareOne(flight, segment))
  }
  await lanes.onIdle()
}

export async function deleteAll(flight: Flight): Promise<void> {
  for (const replica of flight.ledger.replicas()) {
    if (flight.settings.asked.extra && !flight.isOver()) {
      const stop = deletionRail(flight, replica)
      if (stop !== undefined) flight.desk.stopBy(stop)
    }
    const fail = (error: unknown) => flight.desk.fail('', asTablesyncError(error))
    await deleteExtras(flight, replica).catch(fail)
  }
}

async function compareOne({ plan, ledger, desk, hooks, isOver }: Flight, segment: number) {
  const replicas = ledger.attached()
  if (isOver() || replicas.length === 0) return
  const task: CompareTask = {
    kind: 'compare',
    segment,
    totalSegments: plan.segments,
    replicas,
    byLookup: replicas.filter((replica) => ledger.fate(replica).byLookup),
    mayGoOver: plan.mayGoOver,
    findExtras: plan.findExtras,
    ...(plan.startingKey !== undefined && { startingKey: plan.startingKey }),
  }
  const report = await desk.carryOut(task)
  if (report === undefined || report.failures.length > 0) {
    const message = report?.failures[0]?.error.message ?? 'its worker thread ended'
    hooks.onEvent({ type: 'segment-lost', segment, message })
  }
  if (report?.end !== 'finished') return
  ledger.segmentsDone++
  const failed = new Set(report.failures.map(({ replica }) => replica))
  for (const replica of replicas) {
    if (!failed.has(replica) && ledger.isAttached(replica)) ledger.fate(replica).finishedSegments++
  }
  hooks.onEvent({ type: 'segment-finished', segment, tally: report.tally })
}

function planned(settings: Settings, { segments, startingKey }: Plan): RunEvent {
  const { strategy, parallel, workers, write, ignore } = settings
  return {
    type: 'plan',
    strategy,
    segments,
    parallel: Math.min(parallel, segments),
    workers,
    writes: (['missing', 'differing', 'extra'] as const).filter((kind) => write[kind]),
    ignore,
    ...(startingKey !== undefined && { startingKey }),
  }
}

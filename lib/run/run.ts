/**
 * A run from its plan to its summary. Start reading here: the main thread sees
 * all segments and none of the items.
 */
import PQueue from 'p-queue'
import { asTablesyncError } from '../errors.ts'
import type { RunEvent } from '../model/events.ts'
import type { Summary } from '../model/summary.ts'
import type { Milliseconds } from '../model/units.ts'
import type { Settings } from '../options/settings.ts'
import { Allowance } from '../protocol/allowance.ts'
import type { CompareTask, WorkerSetup } from '../protocol/messages.ts'
import { OrderRecord } from '../protocol/order-record.ts'
import { RecheckBudget } from '../protocol/recheck-budget.ts'
import { deleteExtras } from './delete-extras.ts'
import { DeleteQueue } from './delete-queue.ts'
import { Desk } from './desk.ts'
import type { Flight } from './flight.ts'
import type { Tables } from './inspect.ts'
import { Ledger } from './ledger.ts'
import { type Plan, shuffledSegments } from './plan.ts'
import { SegmentPool } from './pool.ts'
import { deletionRail } from './rails.ts'
import { recheckDuring } from './recheck.ts'
import { RecheckQueue } from './recheck-queue.ts'
import { RestartKeys } from './restart-keys.ts'
import { summarise } from './summarise.ts'
import { type RunHooks, Teller } from './teller.ts'

const PROGRESS_EVERY: Milliseconds = 250

/** What is settled before a run begins. */
export interface Preparation {
  readonly settings: Settings
  readonly tables: Tables
  readonly plan: Plan
}

export async function run(
  { settings, tables, plan }: Preparation,
  hooks: RunHooks,
  signal: AbortSignal,
): Promise<Summary> {
  const began = performance.now()
  const [master, ...replicas] = tables.inspected
  hooks.onEvent({ type: 'tables', master, replicas })
  hooks.onEvent(planned(settings, plan))

  const ledger = new Ledger(replicaIndexes(tables), plan.byLookup)
  const rechecks = new RecheckQueue(settings.observation.minAge)
  const restartKeys = new RestartKeys(rechecks, (key) =>
    hooks.onEvent({ type: 'restart-key', key }),
  )
  const teller = new Teller(hooks, (error) => desk.fail('', error))
  const deletes = new DeleteQueue()
  const { workers, parallel } = settings
  const setup = workerSetup(settings, tables, hooks)
  const pool = new SegmentPool({ workers, parallel: Math.min(parallel, plan.segments), setup })
  const onCounted = throttled(PROGRESS_EVERY, () => tellProgress(hooks, ledger, plan, began))
  const desk: Desk = new Desk(pool, {
    settings,
    tables,
    ledger,
    rechecks,
    restartKeys,
    teller,
    deletes,
    hooks,
    onCounted,
  })
  const isOver = () => signal.aborted || desk.isFatal || desk.stopped !== undefined
  const flight = {
    settings,
    tables,
    plan,
    ledger,
    desk,
    rechecks,
    restartKeys,
    teller,
    deletes,
    hooks,
    isOver,
  }
  const stop = () => pool.stop()
  signal.addEventListener('abort', stop)
  try {
    await recheckDuring(flight, compareAll(flight))
    await recheckDuring(flight, deleteAll(flight))
    await teller.end()
    tellProgress(hooks, ledger, plan, began)
  } finally {
    signal.removeEventListener('abort', stop)
    await pool.close()
    await deletes.close()
  }
  return summarise({
    settings,
    plan,
    ledger,
    elapsedMs: Math.round(performance.now() - began),
    isInterrupted: signal.aborted,
    isFatal: desk.isFatal,
    stopped: desk.stopped,
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

async function deleteAll(flight: Flight): Promise<void> {
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

function workerSetup(settings: Settings, tables: Tables, listeners: RunHooks): WorkerSetup {
  const { scanLimit, versionAttribute, hooks } = settings
  return {
    tables: tables.access,
    patience: settings.patience,
    ignore: settings.ignore,
    asked: settings.asked,
    write: settings.write,
    consistentRead: settings.consistentRead,
    ...(scanLimit !== undefined && { scanLimit }),
    batchReadLimit: settings.batchReadLimit,
    observation: settings.observation,
    ...(versionAttribute !== undefined && { versionAttribute }),
    newerWins: settings.newerWins,
    ...(hooks !== undefined && { hooks }),
    tellDifferences: listeners.onDifference !== undefined,
    allowance: Allowance.memoryFor(settings.rails.maxWrites),
    recheckBudget: RecheckBudget.memoryFor(tables.access.length),
    orderRecord: OrderRecord.memoryFor(tables.access.length),
  }
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

function tellProgress(hooks: RunHooks, ledger: Ledger, plan: Plan, began: Milliseconds): void {
  hooks.onEvent({
    type: 'progress',
    tally: ledger.totals(),
    segmentsDone: ledger.segmentsDone,
    segments: plan.segments,
    elapsedMs: Math.round(performance.now() - began),
  })
}

/** Calls at once, and then not again before the pause is over. */
function throttled(pause: Milliseconds, call: () => void): () => void {
  let last = Number.NEGATIVE_INFINITY
  return () => {
    const now = performance.now()
    if (now - last < pause) return
    last = now
    call()
  }
}

const replicaIndexes = (tables: Tables) => tables.access.slice(1).map(({ index }) => index)

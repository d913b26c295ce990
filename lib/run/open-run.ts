/** Builds the parts of a run, in the order in which they depend on each other. */
import { Spill } from '../files/spill.ts'
import type { Summary } from '../model/results/summary.ts'
import { MASTER, type TableIndex } from '../model/tables/table.ts'
import { CanaryFlags } from '../protocol/shared/canary-flags.ts'
import { RecheckBudget } from '../protocol/shared/recheck-budget.ts'
import { Allowance } from '../protocol/shared/write-allowance.ts'
import { CheckpointSaver } from './checkpoint/checkpoint-saver.ts'
import { segmentsToCompare } from './preflight/scan-plan.ts'
import { RunMonitor } from './progress/run-monitor.ts'
import { StandstillWait } from './progress/standstill-wait.ts'
import { RateLimits } from './rate/rate-limits.ts'
import { DifferenceSink, type RunListeners } from './records/difference-sink.ts'
import { openRunFiles, type RunFiles } from './records/run-files.ts'
import type { Preparation, RunContext } from './run-context.ts'
import { Canary } from './safeguards/canary.ts'
import { readUnitsStop, readUnitsUsed, stopOfRepair } from './safeguards/safeguard-limits.ts'
import { Ledger } from './state/ledger.ts'
import { RecheckQueue } from './state/recheck-queue.ts'
import { RestartKeys } from './state/restart-keys.ts'
import { RunState } from './state/run-state.ts'
import { WriteAheadLog } from './state/write-ahead-log.ts'
import { summarise } from './summarise.ts'
import { settingsOfReplica } from './tables/differing-settings.ts'
import { watchTables } from './tables/table-watch.ts'
import { CommitQueue } from './tasks/commit-queue.ts'
import { RecordBarrier } from './tasks/record-barrier.ts'
import { ReplicaFailures } from './tasks/replica-failures.ts'
import { SegmentDifferences } from './tasks/segment-differences.ts'
import { TaskCommits } from './tasks/task-commits.ts'
import { TaskExecutor } from './tasks/task-executor.ts'
import { TaskMessages } from './tasks/task-messages.ts'
import { watchThreads } from './threads/stalled-task.ts'
import { SegmentPool } from './threads/worker-pool.ts'
import { workerSetup } from './threads/worker-setup.ts'

/** A run, with the parts that must be ended or closed after it. */
export interface OpenRun {
  readonly preparation: Preparation
  readonly context: RunContext
  readonly monitor: RunMonitor
  readonly pool: SegmentPool
  readonly commitQueue: CommitQueue
  readonly files: RunFiles
  /** Undefined: the run keeps no checkpoint. */
  readonly checkpoint: CheckpointSaver | undefined
  /** Stops the run if it has read more than it may. */
  readonly checkReadUnits: () => void
  /** The summary as of now. */
  readonly summaryNow: () => Summary
}

/**
 * @throws TablesyncError with code `FILE_UNWRITABLE` before any work, if a file cannot be opened
 */
export async function openRun(
  preparation: Preparation,
  listeners: RunListeners,
  signal: AbortSignal,
): Promise<OpenRun> {
  const { settings, tables, plan, checkpoint, pass, sharedLimits } = preparation
  const spentBefore = pass?.spentBefore
  const began = performance.now()
  const before = checkpoint?.taken?.elapsedMs ?? 0
  const elapsedMs = () => Math.round(before + performance.now() - began)
  const label = (table: TableIndex) => tables.access[table]?.label ?? ''
  const setup = workerSetup(preparation, listeners)
  if (spentBefore !== undefined) Allowance.restore(setup.allowance, spentBefore.claimed)

  // The state of the run.
  const replicas = tables.access.slice(1).map(({ index }) => index)
  const ledger = new Ledger(replicas, plan.byLookup)
  for (const [table, units] of tables.readUnits.entries()) ledger.counts.addRead(table, units)
  const state = new RunState(signal, ledger)
  const { isOver, fail } = state
  const rechecks = new RecheckQueue(settings.recheckPolicy.minAge)
  const restartKeys = new RestartKeys(rechecks, replicas, (key) => {
    if (!tables.access[MASTER]?.keysAreHidden) listeners.onEvent({ type: 'restart-key', key })
  })

  // This throws if a pace cannot be kept to, so it comes before any file is opened.
  const { outages } = setup
  const rateLimits = new RateLimits(preparation, setup, isOver)

  // The files of the run.
  const files = await (pass?.openFiles() ?? openRunFiles(preparation))
  const deletes = new Spill(checkpoint && `${checkpoint.file}.extras`)
  const writeLog = new WriteAheadLog(checkpoint && `${checkpoint.file}.writes`)
  const sink = new DifferenceSink(listeners, files.repairPlan, {
    onFailure: fail,
    onStop: state.stopBy,
    ending: signal,
  })
  const heard = { ledger, rechecks, deletes, sink, writeLog, label }
  const commitQueue = new CommitQueue({ ...heard, onEvent: listeners.onEvent, onFailure: fail })

  // The threads of the run, and what watches over them and the tables.
  const pool = new SegmentPool({
    workerFile: preparation.threads.worker,
    workers: plan.workers,
    parallel: Math.min(settings.parallel, Math.max(segmentsToCompare(plan), 1)),
    setup,
  })
  state.onOver(() => pool.stop())
  const detach = (replica: TableIndex) => pool.detach(replica)
  const failures = new ReplicaFailures({ state, ledger, restartKeys, listeners, label, detach })
  const tableWatch = watchTables(settings, tables, signal, {
    onChanged: (table, error) => failures.loseTable(table, error),
    isOver,
    outages,
  })
  const barrier = new RecordBarrier(() => pool.askForRecords())
  const watchdog = watchThreads({
    ...{ settings, ledger, listeners, label },
    endThread: (thread) => pool.endThread(thread),
  })
  const standstill = new StandstillWait({ rechecks, onBegun: () => monitor.tellProgress() })
  const monitor: RunMonitor = new RunMonitor({
    settings,
    tables,
    plan,
    ledger,
    rechecks,
    tableWatch,
    listeners,
    label,
    elapsedMs,
    isOver,
    outages,
    rateLimits,
    watchdog,
    wait: standstill,
  })

  // Tasks: how they run, what they say, and how their results are committed.
  const checkReadUnits = () => {
    if (isOver()) return
    const used = readUnitsUsed(ledger, spentBefore?.readUnits)
    const stop = readUnitsStop(settings, used) ?? sharedLimits?.noteReadUnits(used)
    if (stop !== undefined) state.stopBy(stop)
  }
  const onCounted = () => {
    monitor.counted()
    checkReadUnits()
  }
  const sampled = plan.sample && new SegmentDifferences()
  const known = { state, ledger, restartKeys, writeLog, commitQueue, label, sampled }
  const commits = new TaskCommits(known)
  const messages = new TaskMessages({
    settings,
    tables,
    state,
    ledger,
    commits,
    barrier,
    writeLog,
    tableWatch,
    listeners,
    label,
    sharedLimits,
    journal: files.journal,
    onCounted,
  })
  const tasks = { pool, watchdog, state, ledger, failures, commits, messages, barrier, onCounted }
  const executor = new TaskExecutor(tasks)
  const canary = new Canary({
    ...{ size: settings.canary, flags: new CanaryFlags(setup.canaryFlags) },
    ...{ ledger, rechecks, label },
    onHeld: (replica, writes) =>
      listeners.onEvent({ type: 'canary-held', replica: label(replica), writes }),
    onFailed: state.stopBy,
  })

  const saver =
    checkpoint &&
    new CheckpointSaver({
      ...{ preparation, open: checkpoint, setup, ledger, rechecks, deletes, writeLog, commitQueue },
      ...{ files, reportMark: listeners.reportMark },
      elapsedMs,
      barrier,
      stopBy: state.stopBy,
    })
  checkpoint?.lock.onLost(fail)
  const context: RunContext = {
    ...{ settings, tables, plan, listeners, state, ledger, failures, executor, rechecks, canary },
    ...{ restartKeys, sink, deletes, writeLog, tableWatch, label, isOver, spentBefore },
    ...{ sharedLimits, standstill },
    hold: (isHeld) => pool.hold(isHeld),
    save: async () => saver?.save().catch(fail),
    tellPaces: () => monitor.tellPaces(),
  }
  const recheckBudget = new RecheckBudget(setup.recheckBudget)
  const summaryNow = () =>
    summarise({
      ...{ settings, plan, ledger, elapsedMs: elapsedMs(), identity: preparation.identity },
      isInterrupted: state.isInterrupted,
      isFatal: state.fatal !== undefined,
      stopped: state.stopped,
      standstill: standstill.waited,
      recheckUnitsOf: (replica) => recheckBudget.recheckUnits(replica),
      ...(sampled !== undefined && { sampledOf: (replica: TableIndex) => sampled.of(replica) }),
      settingsOf: (replica) => settingsOfReplica(tables, replica),
      stopOf: (replica) => stopOfRepair({ settings, tables, plan, ledger, spentBefore }, replica),
    })
  return {
    ...{ preparation, context, monitor, pool, commitQueue, files },
    ...{ checkpoint: saver, checkReadUnits, summaryNow },
  }
}

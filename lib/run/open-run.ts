/** Opens what a run works with, in the order in which one part needs another. */
import { Spill } from '../files/spill.ts'
import type { Summary } from '../model/summary.ts'
import type { TableIndex } from '../model/tables/table.ts'
import { CanaryFlags } from '../protocol/shared/canary-flags.ts'
import { CheckpointKeeper } from './checkpoint/checkpoint-saver.ts'
import { RunMonitor } from './progress/run-monitor.ts'
import { PaceKeeper } from './rate/rate-limits.ts'
import { type RunHooks, Teller } from './records/difference-sink.ts'
import { openRunFiles, type RunFiles } from './records/run-files.ts'
import type { Preparation, RunContext } from './run-context.ts'
import { Canary } from './safeguards/canary.ts'
import { watchTables } from './safeguards/table-watch.ts'
import { Ledger } from './state/ledger.ts'
import { RecheckQueue } from './state/recheck-queue.ts'
import { RestartKeys } from './state/restart-keys.ts'
import { RunState } from './state/run-state.ts'
import { Intents } from './state/write-ahead-log.ts'
import { summarise } from './summarise.ts'
import { Bookkeeper } from './tasks/commit-queue.ts'
import { FreshRecords } from './tasks/record-barrier.ts'
import { ReplicaFailures } from './tasks/replica-failures.ts'
import { TaskCommits } from './tasks/task-commits.ts'
import { TaskExecutor } from './tasks/task-executor.ts'
import { TaskMessages } from './tasks/task-messages.ts'
import { SegmentPool } from './threads/worker-pool.ts'
import { workerSetup } from './threads/worker-setup.ts'

/** A run with everything that has to be ended, and closed, at its end. */
export interface OpenRun {
  readonly preparation: Preparation
  readonly context: RunContext
  readonly monitor: RunMonitor
  readonly pool: SegmentPool
  readonly book: Bookkeeper
  readonly files: RunFiles
  /** Undefined: no checkpoint is kept. */
  readonly checkpoint: CheckpointKeeper | undefined
  /** What the run has come to, as of now. */
  readonly summaryNow: () => Summary
}

/** @throws TablesyncError with code `FILE_UNWRITABLE` where there can be no undo journal; nothing was done then */
export async function openRun(
  preparation: Preparation,
  hooks: RunHooks,
  signal: AbortSignal,
): Promise<OpenRun> {
  const { settings, tables, plan, checkpoint } = preparation
  const began = performance.now()
  const before = checkpoint?.taken?.elapsedMs ?? 0
  const elapsedMs = () => Math.round(before + performance.now() - began)
  const label = (table: TableIndex) => tables.access[table]?.label ?? ''
  const setup = workerSetup(settings, tables, hooks)

  // What the run knows.
  const replicas = tables.access.slice(1).map(({ index }) => index)
  const ledger = new Ledger(replicas, plan.byLookup)
  for (const [table, units] of tables.readUnits.entries()) ledger.counts.addRead(table, units)
  const state = new RunState(signal, ledger)
  const { isOver, fail } = state
  const rechecks = new RecheckQueue(settings.observation.minAge)
  const restartKeys = new RestartKeys(rechecks, replicas, (key) =>
    hooks.onEvent({ type: 'restart-key', key }),
  )

  // A pace that cannot be kept to is refused before anything is opened.
  const { outages, traffic } = setup
  const pace = new PaceKeeper(settings, tables, traffic, isOver)

  // What it keeps on disk.
  const files = await openRunFiles(preparation)
  const deletes = new Spill(checkpoint && `${checkpoint.file}.extras`)
  const intents = new Intents(checkpoint && `${checkpoint.file}.writes`)
  const teller = new Teller(hooks, files.repairPlan, fail, signal)
  const heard = { ledger, rechecks, deletes, teller, intents, label }
  const book = new Bookkeeper({ ...heard, onEvent: hooks.onEvent, onFailure: fail })

  // Its threads, and what watches over them and the tables.
  const pool = new SegmentPool({
    workerFile: preparation.threads.worker,
    workers: plan.workers,
    parallel: Math.min(settings.parallel, Math.max(plan.segments, 1)),
    setup,
  })
  state.onOver(() => pool.stop())
  const detach = (replica: TableIndex) => pool.detach(replica)
  const failures = new ReplicaFailures({ state, ledger, restartKeys, hooks, label, detach })
  const tableWatch = watchTables(settings, tables, signal, {
    onChanged: (table, error) => failures.loseTable(table, error),
    isOver,
    outages,
  })
  const fresh = new FreshRecords(() => pool.askForRecords())
  const monitor = new RunMonitor({
    ...{ settings, tables, plan, ledger, rechecks, tableWatch, hooks, label, elapsedMs, isOver },
    ...{ outages, pace },
    endThread: (thread) => pool.endThread(thread),
    isComparing: () => fresh.isAny,
  })

  // Tasks, from their beginning to what they come to.
  const onCounted = () => monitor.counted()
  const known = { state, ledger, restartKeys, intents, book, label }
  const commits = new TaskCommits(known)
  const messages = new TaskMessages({
    ...{ settings, tables, state, ledger, commits, fresh, intents, tableWatch, hooks, label },
    journal: files.journal,
    onCounted,
  })
  const { watchdog } = monitor
  const tasks = { pool, watchdog, state, ledger, failures, commits, messages, fresh, onCounted }
  const executor = new TaskExecutor(tasks)
  const canary = new Canary({
    ...{ size: settings.canary, flags: new CanaryFlags(setup.canaryFlags) },
    ...{ ledger, rechecks, label },
    onHeld: (replica, writes) =>
      hooks.onEvent({ type: 'canary-held', replica: label(replica), writes }),
    onFailed: state.stopBy,
  })

  const saver =
    checkpoint &&
    new CheckpointKeeper({
      ...{ preparation, open: checkpoint, setup, ledger, rechecks, deletes, intents, book },
      journal: files.journal,
      reportMark: hooks.reportMark,
      elapsedMs,
      fresh,
      stopBy: state.stopBy,
    })
  checkpoint?.lock.onLost(fail)
  const context: RunContext = {
    ...{ settings, tables, plan, hooks, state, ledger, failures, executor, rechecks, canary },
    ...{ restartKeys, teller, deletes, intents, tableWatch, label, isOver },
    hold: (isHeld) => pool.hold(isHeld),
    save: async () => saver?.save().catch(fail),
    tellPaces: () => monitor.tellPaces(),
  }
  const summaryNow = () =>
    summarise({
      ...{ settings, plan, ledger, elapsedMs: elapsedMs(), identity: preparation.identity },
      isInterrupted: state.isInterrupted,
      isFatal: state.fatal !== undefined,
      stopped: state.stopped,
    })
  return { preparation, context, monitor, pool, book, files, checkpoint: saver, summaryNow }
}

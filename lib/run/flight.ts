/** What all parts of a run work with while it is under way: opened before it, closed after it. */
import { asTablesyncError } from '../errors.ts'
import { Spill } from '../files/spill.ts'
import type { RunIdentity } from '../model/run-identity.ts'
import type { Summary } from '../model/summary.ts'
import { MASTER, type TableIndex } from '../model/table.ts'
import type { Milliseconds } from '../model/units.ts'
import type { Settings } from '../options/settings.ts'
import { CanaryFlags } from '../protocol/canary-flags.ts'
import { Bookkeeper } from './bookkeeper.ts'
import { Canary } from './canary.ts'
import { CheckpointKeeper } from './checkpoint.ts'
import type { OpenCheckpoint } from './checkpoint-opening.ts'
import { tellLeftExtras } from './delete-extras.ts'
import { Desk } from './desk.ts'
import { Executor } from './executor.ts'
import { footerOf } from './file-frame.ts'
import type { Tables } from './inspect.ts'
import { Intents } from './intents.ts'
import { openJournal } from './journal.ts'
import { Ledger } from './ledger.ts'
import { Oversight } from './oversight.ts'
import type { Plan } from './plan.ts'
import { SegmentPool } from './pool.ts'
import { RecheckQueue } from './recheck-queue.ts'
import { RepairPlan } from './repair-plan.ts'
import { RestartKeys } from './restart-keys.ts'
import { summarise } from './summarise.ts'
import { type TableWatch, watchTables } from './table-watch.ts'
import { type RunHooks, Teller } from './teller.ts'
import { workerSetup } from './worker-setup.ts'

/** What is settled before a run begins. */
export interface Preparation {
  readonly settings: Settings
  readonly tables: Tables
  readonly plan: Plan
  /** Told with the result, also by a run that takes this one up at its end. */
  readonly identity?: RunIdentity
  /** Undefined: none is kept. */
  readonly checkpoint?: OpenCheckpoint | undefined
}

export interface Flight extends Preparation {
  readonly ledger: Ledger
  readonly desk: Desk
  readonly executor: Executor
  readonly rechecks: RecheckQueue
  readonly canary: Canary
  readonly restartKeys: RestartKeys
  readonly teller: Teller
  readonly deletes: Spill
  readonly intents: Intents
  readonly tableWatch: TableWatch
  readonly hooks: RunHooks
  readonly isOver: () => boolean
  /** Settles when all that is entered so far is in the checkpoint, where one is kept. */
  readonly save: () => Promise<void>
  /** What each table is held to: told once the tables are. */
  readonly tellPaces: () => void
}

/** The longest that a timer can wait: without a checkpoint there is nothing to save. */
const NEVER: Milliseconds = 2_147_483_647

/**
 * Opens what a run needs, has the work done, and closes it again.
 *
 * @throws TablesyncError with code `FILE_UNWRITABLE` where there can be no undo journal; nothing was done then
 */
export async function fly(
  preparation: Preparation,
  hooks: RunHooks,
  signal: AbortSignal,
  work: (flight: Flight) => Promise<void>,
): Promise<Summary> {
  const { settings, tables, plan, checkpoint } = preparation
  const began = performance.now()
  const before = checkpoint?.taken?.elapsedMs ?? 0
  const elapsedMs = () => Math.round(before + performance.now() - began)
  const isOver = () => signal.aborted || desk.fatal !== undefined || desk.stopped !== undefined
  const setup = workerSetup(settings, tables, hooks)
  const replicas = tables.access.slice(1).map(({ index }) => index)
  const ledger = new Ledger(replicas, plan.byLookup)
  for (const [table, units] of tables.readUnits.entries()) ledger.counts.addRead(table, units)
  const rechecks = new RecheckQueue(settings.observation.minAge)
  const tableWatch = watchTables(settings, tables, signal, {
    onChanged: (table, error) => desk.loseTable(table, error),
    isOver,
    outages: setup.outages,
  })
  const oversight = new Oversight({
    ...{ settings, tables, plan, ledger, rechecks, tableWatch, hooks, elapsedMs, isOver },
    traffic: setup.traffic,
    outages: setup.outages,
    desk: () => desk,
  })
  const isJournaled = settings.undo !== undefined && !settings.dryRun
  const taken = checkpoint?.taken
  const later = taken && { leastBytes: taken.journalBytes ?? 0 }
  const leg = checkpoint === undefined ? 'only' : (later ?? 'first')
  const journal = isJournaled ? await openJournal(settings.undo, preparation, leg) : undefined
  const { repairPlan: planned } = settings
  const repairPlan = planned && (await RepairPlan.open(planned.file, settings, tables))
  const restartKeys = new RestartKeys(rechecks, replicas, (key) =>
    hooks.onEvent({ type: 'restart-key', key }),
  )
  const failed = (error: unknown) => desk.fail('', asTablesyncError(error))
  const teller = new Teller(hooks, repairPlan, failed, signal)
  const deletes = new Spill(checkpoint && `${checkpoint.file}.extras`)
  const pool = new SegmentPool({
    workers: plan.workers,
    parallel: Math.min(settings.parallel, Math.max(plan.segments, 1)),
    setup,
  })
  const label = (table: TableIndex) => tables.access[table]?.label ?? ''
  const intents = new Intents(checkpoint && `${checkpoint.file}.writes`)
  const book = new Bookkeeper({
    ledger,
    rechecks,
    deletes,
    teller,
    intents,
    label,
    onEvent: hooks.onEvent,
    onFailure: failed,
  })
  const shared = {
    settings,
    tables,
    ledger,
    rechecks,
    restartKeys,
    teller,
    deletes,
    intents,
    tableWatch,
    hooks,
  }
  const desk: Desk = new Desk(pool, {
    ...{ ...shared, book, journal },
    watchdog: oversight.watchdog,
    onCounted: () => oversight.counted(),
  })
  const canary = new Canary({
    size: settings.canary,
    flags: new CanaryFlags(setup.canaryFlags),
    ledger,
    rechecks,
    label,
    onHeld: (replica, writes) =>
      hooks.onEvent({ type: 'canary-held', replica: label(replica), writes }),
    onFailed: (rail) => desk.stopBy(rail),
  })
  const keeper =
    checkpoint &&
    new CheckpointKeeper({
      ...{ preparation, open: checkpoint, setup, ledger, rechecks, deletes, intents, book },
      journal,
      reportMark: hooks.reportMark,
      elapsedMs,
      fresh: desk.fresh,
      stopBy: (stop) => desk.stopBy(stop),
    })
  checkpoint?.lock.onLost(failed)
  const stop = () => pool.stop()
  signal.addEventListener('abort', stop)
  const save = async () => keeper?.save().catch(failed)
  const flight: Flight = {
    ...shared,
    plan,
    desk,
    executor: new Executor(desk),
    canary,
    isOver,
    save,
    tellPaces: () => oversight.tellPaces(),
  }
  const summaryNow = () =>
    summarise({
      ...{ settings, plan, ledger, elapsedMs: elapsedMs(), identity: preparation.identity },
      isInterrupted: signal.aborted,
      isFatal: desk.fatal !== undefined,
      stopped: desk.stopped,
    })
  /** Each file says how the run has ended; where it cannot, the run is incomplete. */
  const endFiles = async () => {
    await repairPlan?.end(summaryNow()).catch(failed)
    await journal?.end(footerOf(summaryNow())).catch(failed)
    await hooks.onEnd(footerOf(summaryNow())).catch(failed)
  }
  let saving: NodeJS.Timeout | undefined
  try {
    await keeper?.begin()
    canary.begin()
    await oversight.begin()
    const saveNowAndThen = () => void keeper?.saveNowAndThen().catch(failed)
    saving = setInterval(saveNowAndThen, settings.checkpoint?.interval ?? NEVER)
    await work(flight)
    if (!isOver()) await tellUnsure(flight)
    clearInterval(saving)
    // The last one, after any under way: what is told from here on belongs to this run alone.
    await save()
    for (const replica of replicas) {
      await tellLeftExtras(flight, replica).catch(failed)
    }
    await book.tellLoose()
    await teller.end()
    await endFiles()
    oversight.tellProgress()
  } finally {
    clearInterval(saving)
    signal.removeEventListener('abort', stop)
    oversight.end()
    await pool.close()
    await deletes.close()
    await journal?.close()
    await repairPlan?.close()
    await intents.close()
  }
  if (planned !== undefined && desk.fatal === undefined) {
    hooks.onEvent({ type: 'plan-written', plan: planned.file, keys: repairPlan?.entries ?? 0 })
  }
  const summary = summaryNow()
  const isDone = summary.outcome === 'in-sync' || summary.outcome === 'different'
  if (keeper === undefined || !isDone) return summary
  try {
    await keeper.end(summary)
    return summary
  } catch (error) {
    failed(error)
    return summaryNow()
  }
}

/** The result stands only if every table is still the one that it was found on. */
async function tellUnsure({ tableWatch, desk, isOver }: Flight): Promise<void> {
  const unsure = await tableWatch.look()
  if (unsure === undefined || unsure.code === 'TABLE_CHANGED' || isOver()) return
  desk.loseTable(unsure.table ?? MASTER, unsure)
}

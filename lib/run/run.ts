/**
 * A run from its plan to its summary. Start reading here: the main thread sees
 * all segments and none of the items.
 */
import { freshRecord, type SegmentRecord } from '../model/files/segment-record.ts'
import type { Summary } from '../model/results/summary.ts'
import type { Stop } from '../model/safeguard.ts'
import { MASTER, type TableIndex } from '../model/tables/table.ts'
import { named, zeroReplicaTally } from '../model/tally.ts'
import type { CompareTask, SegmentReport } from '../protocol/tasks.ts'
import { ConcurrentWork } from './concurrent-work.ts'
import { deleteExtras } from './phases/delete-extras.ts'
import { recheckDuring } from './phases/recheck.ts'
import { tellOpening } from './preflight/opening-events.ts'
import { shuffledSegments } from './preflight/scan-plan.ts'
import { tellShortScans } from './preflight/warnings.ts'
import type { RunListeners } from './records/difference-sink.ts'
import type { Preparation, RunContext } from './run-context.ts'
import { askToDelete } from './safeguards/consent.ts'
import { deletionsStop } from './safeguards/safeguard-limits.ts'
import { contradiction } from './safeguards/scan-consistency.ts'
import { together } from './state/counts.ts'
import { withRun } from './with-run.ts'

export function run(
  preparation: Preparation,
  listeners: RunListeners,
  signal: AbortSignal,
): Promise<Summary> {
  return withRun(preparation, listeners, signal, async (run) => {
    if (preparation.pass?.isFirst !== false) {
      tellOpening(preparation, listeners)
      run.tellPaces()
    } else {
      // Since the pass before, a table may have been re-created.
      await run.tableWatch.look()
    }
    await recheckDuring(run, compareAll(run))
    judgeScans(run)
    // No later comparison finds what was deleted: the checkpoint must have these results first.
    await run.save()
    // Whoever has compared a part does not know whether the rest went well.
    if (preparation.plan.part === undefined) await recheckDuring(run, deleteAll(run))
  })
}

/**
 * For replicas that were compared completely: checks whether the scans returned all items. A part
 * of the segments says nothing of it: the other side may have its items in other segments.
 */
function judgeScans({
  ledger,
  plan,
  settings,
  tables,
  failures,
  label: labelOf,
  listeners,
}: RunContext): void {
  const [{ ref: master }] = tables.inspected
  for (const replica of ledger.attached()) {
    if (ledger.stateOf(replica).finished.size < plan.segments) continue
    // With a starting key, or without a search for extras, the counts cover only a part.
    if (!plan.findExtras || plan.startingKey !== undefined || plan.part !== undefined) continue
    const label = labelOf(replica)
    const found = contradiction({
      tally: ledger.totalOf(replica),
      labels: [master.label, label],
      isQuiesced: !settings.recheckPolicy.looksAgain,
    })
    // Items that the master's scan left out look extra on every replica.
    if (found !== undefined) {
      failures.loseTable(found.side === 'master' ? MASTER : replica, found.error)
    }
  }
  tellShortScans({ settings, ledger, plan, tables }, listeners)
}

async function compareAll(run: RunContext): Promise<void> {
  const { plan, settings } = run
  const tasks = new ConcurrentWork(settings.parallel)
  for (const segment of shuffledSegments(plan)) {
    await tasks.room(settings.parallel)
    if (run.isOver()) break
    tasks.start(() => compareOne(run, segment))
  }
  await tasks.end()
}

export async function deleteAll(run: RunContext): Promise<void> {
  const { listeners, ledger, settings, tableWatch } = run
  const replicas = ledger.replicas()
  // Ask all questions first: nobody should wait for one replica to be asked about the next.
  for (const replica of settings.asked.extra ? replicas : []) await mayDelete(run, replica)
  for (const [at, replica] of replicas.entries()) {
    // Time has passed: a person answered, or other deletions ran.
    const isLong = listeners.confirm !== undefined || at > 0
    if (settings.asked.extra && isLong) await tableWatch.look([MASTER, replica])
    await deleteExtras(run, replica).catch(run.state.fail)
  }
  for (const replica of replicas) settleDeletes(run, replica)
}

/** Stops the run if a safeguard or a person refuses the deletions of a replica. */
async function mayDelete(run: RunContext, replica: TableIndex): Promise<void> {
  const { state, isOver, tableWatch } = run
  // Before the safeguards: they use counts of a table that may not exist any more.
  await tableWatch.look([MASTER, replica])
  if (isOver()) return
  const stop = deletionsStop(run, replica) ?? reserveDeletes(run, replica)
  if (stop === undefined) await askToDelete(run, replica)
  else state.stopBy(stop)
}

/** Takes the deletions from a limit that several runs keep together; those of a dry run too. */
function reserveDeletes(run: RunContext, replica: TableIndex): Stop | undefined {
  const { sharedLimits, ledger } = run
  const { extra } = ledger.totalOf(replica)
  if (extra === 0) return undefined
  return sharedLimits?.reserveDeletes(replica, deletedBefore(run, replica) + extra)
}

/** What was not deleted after all may be deleted by another run. */
function settleDeletes(run: RunContext, replica: TableIndex): void {
  const { sharedLimits, settings, ledger } = run
  if (!settings.write.extra) return
  const { deleted } = ledger.totalOf(replica)
  sharedLimits?.settleDeletes(replica, deletedBefore(run, replica) + deleted)
}

const deletedBefore = ({ spentBefore }: RunContext, replica: TableIndex) =>
  spentBefore?.deleted(replica) ?? 0

/** Compares a segment with each replica that has not finished it; those at one place together. */
async function compareOne(run: RunContext, segment: number): Promise<void> {
  for (const replicas of together(recordsOf(run, segment))) {
    await compareTogether(run, segment, replicas)
  }
}

/** The record from which each unfinished replica starts. */
function recordsOf({ ledger, plan }: RunContext, segment: number): Map<TableIndex, SegmentRecord> {
  const open = ledger.attached().filter((replica) => !ledger.stateOf(replica).finished.has(segment))
  return new Map(
    open.map((replica) => {
      const strategy = ledger.stateOf(replica).byLookup ? 'lookup' : 'march'
      const fresh = freshRecord(strategy, plan.startingKey, zeroReplicaTally())
      return [replica, ledger.counts.record(replica, segment) ?? fresh]
    }),
  )
}

async function compareTogether(
  run: RunContext,
  segment: number,
  replicas: readonly TableIndex[],
): Promise<void> {
  const { plan, executor, listeners, isOver } = run
  let open: readonly TableIndex[] = []
  // If a thread dies, its segments die with it. Another thread continues from their last records.
  const taskNow = (): CompareTask | undefined => {
    const records = [...recordsOf(run, segment)].filter(([replica]) => replicas.includes(replica))
    if (isOver() || records.length === 0) return undefined
    // Their positions may differ by then: one scan of the master serves those at one position.
    open = together(new Map(records))[0] ?? []
    const from = Object.fromEntries(records.filter(([replica]) => open.includes(replica)))
    const offered = Object.values(from).map(({ tally }) => tally.offered)
    return {
      kind: 'compare',
      segment,
      totalSegments: plan.segments,
      replicas: open,
      from,
      intents: open.flatMap((replica) => run.writeLog.of(replica)),
      master: { scanned: Math.max(...offered), readUnits: 0 },
      mayGoOver: plan.mayGoOver,
      findExtras: plan.findExtras,
      ...(plan.startingKey !== undefined && { startingKey: plan.startingKey }),
      ...(plan.first !== undefined && { first: plan.first }),
    }
  }
  const report = await executor.execute({ taskNow })
  if (report === 'not-needed') return
  if (report !== 'given-up') tellEnd(run, segment, report)
  else {
    const message = 'it was begun twice, and no thread completed it'
    listeners.onEvent({ type: 'segment-lost', segment, message })
  }
  const elsewhere = replicas.filter((replica) => !open.includes(replica))
  if (elsewhere.length > 0) await compareTogether(run, segment, elsewhere)
}

function tellEnd({ listeners, label }: RunContext, segment: number, report: SegmentReport) {
  const message = report.failures[0]?.error.message
  if (message !== undefined) return listeners.onEvent({ type: 'segment-lost', segment, message })
  if (report.unfinished.length > 0) return
  const tally = named(report.tally, label)
  listeners.onEvent({ type: 'segment-finished', segment, tally })
}

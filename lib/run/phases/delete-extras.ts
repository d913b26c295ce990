/** The last part of a run: extras that wait on disk, deleted where nothing has failed. */
import { counted } from '../../model/figures.ts'
import { MASTER, type TableIndex } from '../../model/tables/table.ts'
import type { DeleteTask, ExtraKey } from '../../protocol/tasks.ts'
import { ConcurrentWork } from '../concurrent-work.ts'
import type { RunContext } from '../run-context.ts'

/** Extras in one task. */
const DELETE_BATCH = 200

/**
 * Deletions come last, and not at all on a replica where anything has failed.
 *
 * @throws TablesyncError with code `FILE_UNWRITABLE` where the list of extras cannot be read
 */
export async function deleteExtras(run: RunContext, replica: TableIndex): Promise<void> {
  const { deletes, label, listeners, ledger, settings, canary, isOver } = run
  const extras = await deletes.count(replica)
  if (extras === 0) return
  let ended = 0
  const { deleted, tried } = ledger.stateOf(replica)
  let doneBefore = 0
  const tasks = new ConcurrentWork(settings.parallel)
  let withheld = whyWithheld(run, replica)
  if (withheld === undefined) {
    listeners.onEvent({ type: 'deleting', replica: label(replica), extras })
  }
  try {
    let place = 0
    for await (const texts of deletes.batches(replica, DELETE_BATCH)) {
      const found = extrasOf(texts, place).filter((extra) => !deleted.has(extra.place))
      doneBefore += texts.length - found.length
      place += texts.length
      await tasks.room(1)
      for (let at = 0; at < found.length && withheld === undefined; ) {
        const admitted = await canary.admit(replica, found.length - at, isOver)
        const batch = found.slice(at, at + admitted)
        at += admitted
        withheld ??= reasonToWithhold(run, replica)
        if (withheld !== undefined) break
        for (const extra of batch) tried.add(extra.place, extra.place + 1)
        tasks.start(() => deleteBatch(batch))
      }
    }
  } finally {
    await tasks.end()
    const left = extras - doneBefore - ended
    ledger.stateOf(replica).deletionsWithheld += left
    if (left > 0) tellWithheld(left, withheld ?? 'their list could not be read')
  }

  async function deleteBatch(batch: readonly PlacedExtra[]): Promise<void> {
    const taskNow = (): DeleteTask => ({
      kind: 'delete',
      replica,
      keys: batch.map(({ key, seen }) => ({ key, seen })),
      isPlanned: run.plan.scanned !== undefined,
      intents: run.writeLog.ofKeys(
        replica,
        batch.map(({ key }) => key),
      ),
    })
    const end = await run.executor.execute({
      taskNow,
      onEntered(isWhole) {
        for (const { place } of isWhole ? batch : []) deleted.add(place, place + 1)
      },
    })
    if (end === 'given-up') canary.lose(replica, batch.length)
    else canary.return(replica, batch.length)
    if (typeof end !== 'string') {
      ledger.stateOf(replica).refusal ??= end.refusal
      ended += end.ended ?? 0
    }
    withheld ??= reasonToWithhold(run, replica)
    if (typeof end === 'string' || end.failures.length > 0) withheld ??= 'a deletion was cut short'
  }

  function tellWithheld(left: number, reason: string): void {
    listeners.onEvent({
      type: 'deletions-withheld',
      replica: label(replica),
      extras: left,
      reason,
    })
  }
}

/** Tells of those that were left: once it is sure that this run does nothing more about them. */
export async function tellLeftExtras(
  { deletes, label, ledger, sink }: RunContext,
  replica: TableIndex,
): Promise<void> {
  const { deleted, tried } = ledger.stateOf(replica)
  let first = 0
  for await (const texts of deletes.batches(replica, DELETE_BATCH)) {
    for (const { key, place } of extrasOf(texts, first)) {
      if (!deleted.has(place) && !tried.has(place)) await sink.tellLeft(label(replica), key)
    }
    first += texts.length
  }
}

interface PlacedExtra extends ExtraKey {
  /** In the list of the replica's extras. */
  readonly place: number
}

const extrasOf = (texts: readonly string[], first: number): PlacedExtra[] =>
  texts.map((text, at) => ({ ...(JSON.parse(text) as ExtraKey), place: first + at }))

/** Why nothing is deleted, looked for before the first deletion. Undefined: nothing speaks against it. */
export function whyWithheld(run: RunContext, replica: TableIndex): string | undefined {
  const { conflicts } = run.ledger.totalOf(replica)
  return conflicts > 0
    ? counted(conflicts, 'item is in conflict', 'items are in conflict')
    : reasonToWithhold(run, replica)
}

function reasonToWithhold(
  { state, ledger, plan, isOver, tableWatch }: RunContext,
  replica: TableIndex,
): string | undefined {
  const { failed, torn, unverified } = ledger.totalOf(replica)
  const { lost, finished, brokenTasks, refusal } = ledger.stateOf(replica)
  if (state.stopped !== undefined) return state.stopped.message
  if (state.fatal !== undefined) return state.fatal.message
  if (isOver()) return 'the run was ended'
  if (lost !== undefined) return `the replica was lost: ${lost.message}`
  if (finished.size < plan.segments) return 'not every segment was compared'
  if (failed > 0) {
    const why = refusal === undefined ? '' : `: ${refusal}`
    return `${counted(failed, 'item')} could not be repaired${why}`
  }
  if (torn > 0) return counted(torn, 'item was repaired in part', 'items were repaired in part')
  if (unverified > 0) return `${counted(unverified, 'key')} could not be verified`
  if (brokenTasks > 0) return 'not every key could be read again'
  return tableWatch.doubt([MASTER, replica])?.message
}

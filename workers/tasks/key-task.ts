/**
 * A task of keys: recheck, delete, apply and undo. It reads keys again in batches, and ends each by
 * what both sides hold then. It reads back what was written.
 */
import { asTablesyncError } from '../../lib/errors.ts'
import type { KeyText } from '../../lib/item/key.ts'
import { zeroTally } from '../../lib/model/tally.ts'
import type { KeyTask, SegmentReport } from '../../lib/protocol/tasks.ts'
import type { MaybeValue } from '../concurrency/maybe-promise.ts'
import { settleEach } from '../concurrency/settle-all.ts'
import type { SegmentControl } from '../coordinator.ts'
import { readBack } from '../repair/read-back.ts'
import { Repair } from '../repair/repair.ts'
import { WRITE_BATCH } from '../repair/repair-writes.ts'
import { type ReplicaTask, replicaTaskOf } from '../replica-task.ts'
import type { Thread } from '../thread-context.ts'
import { endsTable } from '../verify/ending.ts'
import type { Written } from '../write/write-attempt.ts'
import { TaskEnd } from './task-end.ts'

/** What a kind of task does with its keys. `Sides`: what it reads for a key. */
export interface KeyWork<Key extends { readonly key: KeyText }, Sides> {
  readonly keys: readonly Key[]
  /** How many keys form the next batch, from this one on. */
  batchSize(at: number): number
  /** Asked before each batch; true leaves the rest. */
  isOver(hasFailed: boolean): boolean
  /** Counts the keys of a batch as begun. */
  begin(batch: readonly Key[]): void
  read(keys: readonly KeyText[]): Promise<(key: KeyText) => Sides>
  /** Ends a key by what it holds now; returns what was written, to be read back. */
  end(key: Key, sides: Sides): MaybeValue<Written>
  /** Called once every key of a batch has ended, whichever way. */
  onBatchEnded?(): void
  /** Counts, or reports, keys that were begun and could not be read. */
  lose(batch: readonly Key[]): void | Promise<void>
  /** Counts, or reports, keys that were not begun. `isTableLost`: no run could read them now. */
  leave?(rest: readonly Key[], isTableLost: boolean): void | Promise<void>
  /** The part of the report that only such tasks have. */
  result?(): Partial<SegmentReport>
}

/** Makes a task from the work on its keys. */
export function keyTask<Task extends KeyTask, Key extends { readonly key: KeyText }, Sides>(
  workOf: (task: Task, replicaTask: ReplicaTask, repair: Repair) => KeyWork<Key, Sides>,
) {
  return async (task: Task, thread: Thread, control: SegmentControl): Promise<SegmentReport> => {
    const tally = zeroTally([task.replica])
    const replicaTask = replicaTaskOf(task.replica, task, thread, control, tally)
    const repair = new Repair(replicaTask)
    const work = workOf(task, replicaTask, repair)
    const end = new TaskEnd()
    await end.run(replicaTask, async () => {
      const failure = await endAll(replicaTask, repair, work, () => control.progress(tally))
      if (failure !== undefined) throw failure.error
    })
    await control.allTold()
    return { ...end.report(tally), ...work.result?.() }
  }
}

/** For tasks whose keys are listed in a plan or a journal: the list stands for a scan. */
export const listedKeys = ({ count, thread, isOver }: ReplicaTask) => ({
  batchSize: () => Math.min(WRITE_BATCH, thread.setup.batchReadLimit),
  isOver,
  begin: (batch: readonly unknown[]) => count.offered(batch.length),
  lose: (batch: readonly unknown[]) => count.state('unverified', batch.length),
})

type Failure = { readonly error: unknown } | undefined

/** A batch fails alone, unless its table is lost. Returns the first failure. */
async function endAll<Key extends { readonly key: KeyText }, Sides>(
  replicaTask: ReplicaTask,
  repair: Repair,
  ...[work, onProgress]: [work: KeyWork<Key, Sides>, onProgress: () => void]
): Promise<Failure> {
  const { keys } = work
  let failure: Failure
  let at = 0
  const isTableLost = () => failure !== undefined && endsTable(asTablesyncError(failure.error))
  while (at < keys.length && !isTableLost() && !work.isOver(failure !== undefined)) {
    const batch = keys.slice(at, at + work.batchSize(at))
    at += batch.length
    await endBatch(replicaTask, repair, work, batch).catch((error: unknown) => {
      failure ??= { error }
    })
    onProgress()
  }
  if (at < keys.length) {
    // A run that resumes this one still has these keys to do.
    replicaTask.wasCutShort = true
    await work.leave?.(keys.slice(at), isTableLost())
  }
  return failure
}

async function endBatch<Key extends { readonly key: KeyText }, Sides>(
  replicaTask: ReplicaTask,
  repair: Repair,
  ...[work, batch]: [work: KeyWork<Key, Sides>, batch: readonly Key[]]
): Promise<void> {
  work.begin(batch)
  const seen = await work.read(batch.map(({ key }) => key)).catch(async (error: unknown) => {
    await work.lose(batch)
    throw error
  })
  const ending = settleEach(batch, (one) => work.end(one, seen(one.key)))
  const written = await ending.finally(() => work.onBatchEnded?.())
  await readBack(replicaTask, repair, written)
}

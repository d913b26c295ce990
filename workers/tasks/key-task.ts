/**
 * A task of keys: recheck, delete, apply and undo. Keys are read again in
 * batches, and each comes to its end by what stands under it then. What was
 * written is read back.
 */
import { asTablesyncError } from '../../lib/errors.ts'
import type { KeyText } from '../../lib/item/key.ts'
import { zeroTally } from '../../lib/model/tally.ts'
import type { KeyTask, SegmentReport } from '../../lib/protocol/messages.ts'
import type { MaybeValue } from '../concurrency/maybe-promise.ts'
import { settleEach } from '../concurrency/settle-all.ts'
import type { SegmentControl } from '../coordinator.ts'
import { readBack } from '../repair/read-back.ts'
import { Repair } from '../repair/repair.ts'
import { type ReplicaTask, replicaTaskOf } from '../replica-task.ts'
import type { Thread } from '../thread-context.ts'
import { endsTable } from '../verify/ending.ts'
import type { Written } from '../write/write-attempt.ts'
import { TaskEnd } from './task-end.ts'

/** Keys that are read, and then written, together: few, so that no read grows old before its write. */
export const WRITE_BATCH = 25

/** What a kind of task does with its keys. `Sides`: what it reads under a key. */
export interface KeyWork<Key extends { readonly key: KeyText }, Sides> {
  readonly keys: readonly Key[]
  /** How many keys go together, from this one on. */
  batchSize(at: number): number
  /** Asked before each batch; the rest is left then. */
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
  /** What the report says of such tasks alone. */
  result?(): Partial<SegmentReport>
}

/** Makes a task of what it does with its keys. */
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

/** What tasks have in common whose keys are listed in a plan or a journal: the list stands for a scan. */
export const listedKeys = ({ count, thread, isOver }: ReplicaTask) => ({
  batchSize: () => Math.min(WRITE_BATCH, thread.setup.batchReadLimit),
  isOver,
  begin: (batch: readonly unknown[]) => count.offered(batch.length),
  lose: (batch: readonly unknown[]) => count.state('unverified', batch.length),
})

type Failure = { readonly error: unknown } | undefined

/** A batch that fails does so for itself, unless its table is lost. Returns the first failure. */
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
    // A run that takes this one up has them before it still.
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

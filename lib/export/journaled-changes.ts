/** Has threads judge the changes of an export, and keeps those to take back in a journal. */
import { Piscina } from 'piscina'
import { TablesyncError } from '../errors.ts'
import type { DurableLines } from '../files/lines/durable-lines.ts'
import { type ChangeCounts, NO_CHANGES } from '../model/results/reverted-export.ts'
import type { ChangeBatch, JudgedBatch, RevertSetup } from '../protocol/revert-batches.ts'
import { fromWire } from '../protocol/wire-error.ts'
import { ConcurrentWork } from '../run/concurrent-work.ts'
import { batchesOf, type DataFile } from './data-files.ts'

export interface Judging {
  /** The file that a thread starts from. */
  readonly threadFile: URL
  readonly threads: number
  readonly setup: RevertSetup
}

/**
 * Memory is bounded: a thread has a batch in hand, and one waits for it.
 *
 * @param onCounts called with the counts so far
 * @throws TablesyncError where a file, a hook or the journal fails
 * @throws the reason of `signal`, once that is aborted
 */
export async function journalChanges(
  files: readonly DataFile[],
  { threadFile, threads, setup }: Judging,
  journal: DurableLines,
  signal: AbortSignal,
  onCounts: (counts: ChangeCounts) => void,
): Promise<ChangeCounts> {
  const pool = new Piscina({
    filename: threadFile.href,
    minThreads: 1,
    maxThreads: threads,
    // Piscina ends a thread at once that has no task, and the next batch would start another.
    idleTimeout: 60_000,
    atomics: 'disabled',
    workerData: setup,
  })
  // The tasks of a thread report its failure.
  pool.on('error', () => {})
  const end = () => void pool.destroy().catch(() => {})
  signal.addEventListener('abort', end)
  const work = new ConcurrentWork(threads)
  let counts = NO_CHANGES
  const judge = async (batch: ChangeBatch) => {
    const judged = await judgedBy(pool, batch)
    if (judged.journal.length > 0) await journal.append(judged.journal)
    counts = sum(counts, judged.counts)
    onCounts(counts)
  }
  try {
    for await (const batch of batchesOfAll(files)) {
      await work.room(1)
      signal.throwIfAborted()
      if (work.hasFailed) break
      work.start(() => judge(batch))
    }
    await work.end()
    signal.throwIfAborted()
    return counts
  } catch (error) {
    // A thread that was ended because of the signal is not at fault.
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', end)
    await pool.destroy()
  }
}

async function* batchesOfAll(files: readonly DataFile[]): AsyncGenerator<ChangeBatch> {
  for (const file of files) yield* batchesOf(file)
}

async function judgedBy(
  pool: Piscina,
  batch: ChangeBatch,
): Promise<Exclude<JudgedBatch, { readonly error: unknown }>> {
  const judged = (await pool.run(batch).catch((error: Error) => {
    throw new TablesyncError(`A worker thread ended: ${error.name}`, {
      code: 'WORKER_DIED',
      scope: 'run',
      hint: 'A hook may have ended it. Nothing was done.',
      cause: error,
    })
  })) as JudgedBatch
  if ('error' in judged) throw fromWire(judged.error)
  return judged
}

function sum(one: ChangeCounts, other: ChangeCounts): ChangeCounts {
  const names = Object.keys(NO_CHANGES) as (keyof ChangeCounts)[]
  return Object.fromEntries(
    names.map((name) => [name, one[name] + other[name]]),
  ) as unknown as ChangeCounts
}

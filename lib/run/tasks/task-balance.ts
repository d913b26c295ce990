/** Checks the books of a task: every item that was read has ended somewhere, once. */
import { TablesyncError } from '../../errors.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import { imbalance } from '../../model/tally.ts'
import type { SegmentReport, SegmentTask } from '../../protocol/tasks.ts'

/** Replicas whose counts cannot be right. A part that failed or was left early proves nothing. */
export function* imbalances(
  task: SegmentTask,
  { tally, unfinished, failures }: SegmentReport,
): Generator<{ readonly replica: TableIndex; readonly message: string }> {
  const where = 'segment' in task ? `segment ${task.segment}` : `a ${task.kind}`
  for (const [index, counts] of Object.entries(tally.replicas)) {
    const replica = Number(index)
    const hasFailed = failures.some((failure) => failure.replica === replica)
    const off = imbalance(counts)
    if (off === 0 || hasFailed || unfinished.includes(replica)) continue
    const how = off > 0 ? 'once too often' : 'not at all'
    yield { replica, message: `${Math.abs(off)} items of ${where} were counted ${how}` }
  }
}

export function unbalanced(replica: string, message: string): TablesyncError {
  return new TablesyncError(`The counts of ${replica} do not balance: ${message}`, {
    code: 'INTERNAL',
    scope: 'run',
    hint: 'This is a fault of tablesync: please report it, with the flags it came with.',
  })
}

/** The books of a task: every item that was read has ended somewhere, once. */
import { TablesyncError } from '../../errors.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import { imbalance } from '../../model/tally.ts'
import type { SegmentReport, SegmentTask } from '../../protocol/messages.ts'

/** By replica, those whose counts cannot be right; of what was cut short nothing is known. */
export function* imbalances(
  task: SegmentTask,
  { tally, end, failures }: SegmentReport,
): Generator<{ readonly replica: TableIndex; readonly message: string }> {
  if (end !== 'finished') return
  const where = task.kind === 'compare' ? `segment ${task.segment}` : `a ${task.kind}`
  for (const [index, counts] of Object.entries(tally.replicas)) {
    const replica = Number(index)
    const off = imbalance(counts)
    if (off === 0 || failures.some((failure) => failure.replica === replica)) continue
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

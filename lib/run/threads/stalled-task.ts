/** Says that a task stands still. `progress/run-monitor.ts` ends its thread, and `tasks/task-executor.ts` begins it again. */
import { TablesyncError } from '../../errors.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { SegmentTask } from '../../protocol/messages.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { Ledger } from '../state/ledger.ts'

export interface Told {
  readonly label: (table: TableIndex) => string
  readonly ledger: Ledger
  readonly listeners: RunListeners
}

export function tellStalled(
  { label, ledger, listeners }: Told,
  task: SegmentTask,
  how: string,
): void {
  const [what, replica] =
    task.kind === 'compare'
      ? [`segment ${task.segment}`, task.replicas[0] ?? 0]
      : [`${WORK[task.kind]} of keys`, task.replica]
  const message = `${what}: ${how}`
  ledger.noteError('', stalled(message))
  listeners.onEvent({ type: 'stalled', replica: label(replica), message })
}

const WORK = { recheck: 'a recheck', delete: 'a deletion', apply: 'an apply', undo: 'an undo' }

const stalled = (message: string) =>
  new TablesyncError(message, {
    code: 'STALLED',
    scope: 'segment',
    hint: 'Check that your hooks return. If the table is that slow, raise timeouts.stall (library).',
  })

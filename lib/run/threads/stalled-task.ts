/** A task that stalls is reported and its thread ended; `tasks/task-executor.ts` begins the task again. */
import { TablesyncError } from '../../errors.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Settings } from '../../options/settings.ts'
import type { SegmentTask } from '../../protocol/tasks.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { Ledger } from '../state/ledger.ts'
import { Watchdog } from './watchdog.ts'

export interface WatchedThreads {
  readonly settings: Settings
  readonly ledger: Ledger
  readonly listeners: RunListeners
  readonly label: (table: TableIndex) => string
  /** Ends a thread, and with it all tasks that run there. */
  readonly endThread: (thread: number) => void
}

export function watchThreads(watched: WatchedThreads): Watchdog {
  return new Watchdog({
    limit: watched.settings.timeouts.stallLimit,
    onStalled(task, thread, how) {
      tellStalled(watched, task, how)
      watched.endThread(thread)
    },
  })
}

function tellStalled(
  { label, ledger, listeners }: WatchedThreads,
  task: SegmentTask,
  how: string,
): void {
  const [what, replica] =
    'segment' in task
      ? [
          `segment ${task.segment}`,
          task.kind === 'compare' ? (task.replicas[0] ?? 0) : task.replica,
        ]
      : [`${WORK[task.kind]} of keys`, task.replica]
  const message = `${what}: ${how}`
  ledger.noteError('', stalled(message))
  listeners.onEvent({ type: 'stalled', replica: label(replica), message })
}

const WORK = {
  recheck: 'a recheck',
  delete: 'a deletion',
  apply: 'an apply',
  undo: 'an undo',
  listed: 'a comparison',
}

const stalled = (message: string) =>
  new TablesyncError(message, {
    code: 'STALLED',
    scope: 'segment',
    hint: 'Check that your hooks return. If the table is that slow, raise timeouts.stall (library).',
  })

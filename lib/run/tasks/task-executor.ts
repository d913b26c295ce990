/**
 * Executes tasks to their end. Only this file starts a task again that died with its thread.
 * Callers hear how it ended, and never repeat work.
 */
import { asTablesyncError } from '../../errors.ts'
import type { ProgressMessage } from '../../protocol/messages.ts'
import type { SegmentReport, SegmentTask } from '../../protocol/tasks.ts'
import type { Ledger } from '../state/ledger.ts'
import type { RunState } from '../state/run-state.ts'
import type { Watchdog } from '../threads/watchdog.ts'
import type { Reply, SegmentPool } from '../threads/worker-pool.ts'
import type { RecordBarrier } from './record-barrier.ts'
import type { ReplicaFailures } from './replica-failures.ts'
import type { Entering, TaskCommits } from './task-commits.ts'
import type { TaskMessages } from './task-messages.ts'

/** How often a task is tried. A task that dies with another task's thread has not failed itself. */
const TRIES = 2

export interface Job extends Entering {
  /** The task as it should start now; undefined: it is not needed any more. */
  readonly taskNow: () => SegmentTask | undefined
}

/** `given-up`: no thread completed it. `not-needed`: it did not have to start. */
export type JobEnd = SegmentReport | 'given-up' | 'not-needed'

/** `died`: its thread died. `swept`: its thread was ended because of another of its tasks. */
type Attempt = SegmentReport | 'died' | 'swept'

export interface TaskExecutorOptions {
  readonly pool: SegmentPool
  readonly watchdog: Watchdog
  readonly state: RunState
  readonly ledger: Ledger
  readonly failures: ReplicaFailures
  readonly commits: TaskCommits
  readonly messages: TaskMessages
  readonly barrier: RecordBarrier
  /** Called with each new count. */
  readonly onCounted: () => void
}

export class TaskExecutor {
  readonly #options: TaskExecutorOptions

  constructor(options: TaskExecutorOptions) {
    this.#options = options
  }

  async execute({ taskNow, ...entering }: Job): Promise<JobEnd> {
    let last: SegmentTask | undefined
    for (let tries = 0; tries < TRIES; ) {
      const task = taskNow()
      // Nobody knows what it did before its thread died.
      if (task === undefined) break
      last = task
      const end = await this.#attempt(task, entering)
      if (typeof end !== 'string') return end
      if (end === 'died') tries++
    }
    if (last === undefined) return 'not-needed'
    this.#options.commits.giveUp(last)
    return 'given-up'
  }

  /** Runs a task once, and enters how it ended; if its thread died, enters nothing. */
  async #attempt(task: SegmentTask, entering: Entering): Promise<Attempt> {
    const { pool, watchdog, failures, commits, barrier, onCounted } = this.#options
    if (task.kind === 'compare') barrier.begun(task)
    const watch = watchdog.watch(task)
    const sweepsBefore = pool.sweeps
    const hear = (message: ProgressMessage, reply: Reply) => {
      watch.heard(message)
      this.#options.messages.hear(task, message, (answer) => {
        watch.answered(answer)
        reply(answer)
      })
    }
    try {
      const report = await pool.launch(task, hear).finally(() => watch.end())
      // First, so that the unfinished work of a lost replica does not count as whole.
      failures.enter(report.failures)
      await commits.enterEnd(task, report, entering)
      return report
    } catch (thrown) {
      const { thread } = watch
      // A task that has not begun was on its way to a thread that nobody can name.
      const wentDownWithOthers =
        thread === undefined ? pool.sweeps > sweepsBefore : pool.isSwept(thread)
      const isSwept = wentDownWithOthers && !watch.isStalled
      this.#noteDeath(thrown, isSwept)
      await commits.drop(task)
      return isSwept ? 'swept' : 'died'
    } finally {
      if (task.kind === 'compare') barrier.ended(task)
      onCounted()
    }
  }

  #noteDeath(thrown: unknown, isSwept: boolean): void {
    const { pool, state, ledger } = this.#options
    if (pool.isBroken) state.fail(thrown)
    else if (!isSwept) ledger.noteError('', asTablesyncError(thrown))
  }
}

/**
 * Commits what a task says to the state of the run: its findings together with the record that they
 * belong to, or with its end, or not at all.
 */
import { passing } from '../../diagnostics.ts'
import type { SegmentRecord } from '../../model/files/segment-record.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Finding } from '../../protocol/messages.ts'
import type { CompareTask, SegmentReport, SegmentTask } from '../../protocol/tasks.ts'
import type { Ledger } from '../state/ledger.ts'
import type { RestartKeys } from '../state/restart-keys.ts'
import type { RunState } from '../state/run-state.ts'
import type { WriteAheadLog } from '../state/write-ahead-log.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { SegmentDifferences } from './segment-differences.ts'
import { imbalances, unbalanced } from './task-balance.ts'
import { UncommittedFindings } from './uncommitted-findings.ts'

/** How the end of a task is entered. */
export interface Entering {
  /** The task's results belong to this run alone. */
  readonly isLoose?: boolean
  /** Called within the entry, for each replica of the task. */
  readonly onEntered?: (isWhole: boolean) => void
}

export interface TaskCommitsOptions {
  readonly state: RunState
  readonly ledger: Ledger
  readonly restartKeys: RestartKeys
  readonly writeLog: WriteAheadLog
  readonly commitQueue: CommitQueue
  readonly label: (table: TableIndex) => string
  /** Differences by segment, of a sample. Undefined: none was drawn. */
  readonly sampled: SegmentDifferences | undefined
}

export class TaskCommits {
  readonly #options: TaskCommitsOptions
  readonly #held = new UncommittedFindings()

  constructor(options: TaskCommitsOptions) {
    this.#options = options
  }

  /** Keeps the findings of a task until its next record or its end. */
  hold(task: SegmentTask, findings: readonly Finding[]): void {
    this.#held.add(task, findings)
  }

  /** Enters the record of a comparison, with all that it found up to there. */
  enterRecord(task: CompareTask, replica: TableIndex, record: SegmentRecord): Promise<void> {
    const { ledger, commitQueue, restartKeys } = this.#options
    return commitQueue.inOrder(async () => {
      ledger.counts.keep(replica, task.segment, record)
      const findings = this.#held.take(task, replica)
      this.#options.sampled?.note(task, findings)
      await commitQueue.enter(findings)
      if (task.totalSegments === 1) restartKeys.kept(replica, record)
      passing('record-kept')
    })
  }

  /** Enters the end of a task. */
  enterEnd(task: SegmentTask, report: SegmentReport, entering: Entering): Promise<void> {
    return this.#options.commitQueue.inOrder(() => this.#close(task, report, entering))
  }

  /** Drops findings of a task that are not entered. Records that it sent before are entered first. */
  drop(task: SegmentTask): Promise<void> {
    const { ledger, writeLog, commitQueue } = this.#options
    return commitQueue.inOrder(async () => {
      ledger.counts.drop(task)
      this.#held.drop(task)
      writeLog.orphan()
    })
  }

  /** Gives up a task that nobody will finish. */
  giveUp(task: SegmentTask): void {
    const { ledger } = this.#options
    ledger.counts.abandon(task)
    for (const replica of replicasOf(task)) ledger.stateOf(replica).brokenTasks++
  }

  async #close(task: SegmentTask, report: SegmentReport, entering: Entering): Promise<void> {
    const { ledger, commitQueue, writeLog, sampled } = this.#options
    const { tally, failures, unfinished } = report
    const hasFailed = (replica: TableIndex) => failures.some((one) => one.replica === replica)
    const isWhole = (replica: TableIndex) =>
      !entering.isLoose &&
      !unfinished.includes(replica) &&
      !hasFailed(replica) &&
      ledger.isAttached(replica)
    for (const { replica } of failures) ledger.stateOf(replica).brokenTasks++
    ledger.counts.close(task, tally, isWhole)
    for (const [replica, changed] of report.changed ?? []) ledger.noteChanged(replica, changed)
    for (const replica of replicasOf(task)) {
      const findings = this.#held.take(task, replica)
      if (!isWhole(replica)) {
        writeLog.orphan()
        commitQueue.setAside(findings)
      } else {
        if (task.kind === 'compare') {
          ledger.stateOf(replica).finished.add(task.segment)
          const counts = tally.replicas[replica]
          if (counts !== undefined) sampled?.finished(task.segment, replica, counts)
        }
        sampled?.note(task, findings)
        await commitQueue.enter(findings)
      }
      entering.onEntered?.(isWhole(replica))
    }
    this.#held.drop(task)
    this.#checkBalance(task, report)
  }

  #checkBalance(task: SegmentTask, report: SegmentReport): void {
    const { state, ledger, label } = this.#options
    for (const { replica, message } of imbalances(task, report)) {
      if (!ledger.isAttached(replica)) continue
      state.fail(unbalanced(label(replica), message), label(replica))
    }
  }
}

const replicasOf = (task: SegmentTask): readonly TableIndex[] =>
  task.kind === 'compare' ? task.replicas : [task.replica]

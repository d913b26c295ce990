/** Passes what tasks say while they run to the parts that it concerns. */
import { TablesyncError } from '../../errors.ts'
import type { DurableLines } from '../../files/lines/durable-lines.ts'
import type { Stop } from '../../model/safeguard.ts'
import { MASTER, type TableIndex } from '../../model/tables/table.ts'
import type { Settings } from '../../options/settings.ts'
import { fromText } from '../../protocol/as-text.ts'
import type { AboutToWrite, ProgressMessage } from '../../protocol/messages.ts'
import type { SegmentTask } from '../../protocol/tasks.ts'
import { toWire } from '../../protocol/wire-error.ts'
import { settleBeforeWriting } from '../phases/write-preconditions.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import { maxWritesStop } from '../safeguards/safeguard-limits.ts'
import type { LimitsOfRun } from '../safeguards/shared-limits.ts'
import type { Ledger } from '../state/ledger.ts'
import type { RunState } from '../state/run-state.ts'
import type { WriteAheadLog } from '../state/write-ahead-log.ts'
import type { Tables } from '../tables/table-inspection.ts'
import type { TableWatch } from '../tables/table-watch.ts'
import type { Reply } from '../threads/worker-pool.ts'
import { ClaimedKeys } from './claimed-keys.ts'
import type { RecordBarrier } from './record-barrier.ts'
import type { TaskCommits } from './task-commits.ts'

export interface TaskMessagesOptions {
  readonly settings: Settings
  readonly tables: Tables
  readonly state: RunState
  readonly ledger: Ledger
  readonly commits: TaskCommits
  readonly barrier: RecordBarrier
  readonly journal: DurableLines | undefined
  readonly writeLog: WriteAheadLog
  readonly tableWatch: TableWatch
  readonly listeners: RunListeners
  readonly label: (table: TableIndex) => string
  readonly sharedLimits: LimitsOfRun | undefined
  /** Called with each new count. */
  readonly onCounted: () => void
}

type CredentialsMessage = ProgressMessage & { readonly type: 'credentials-wanted' }
type RecordMessage = ProgressMessage & { readonly type: 'record' }

export class TaskMessages {
  readonly #options: TaskMessagesOptions
  readonly #claimed: ClaimedKeys

  constructor(options: TaskMessagesOptions) {
    this.#options = options
    const { ledger, label } = options
    // Of the item that came first: it may have ended long ago.
    this.#claimed = new ClaimedKeys(() => ledger.noteIncomplete(label(MASTER), collision()))
  }

  /** Another run may have given a write back since: without a limit of its own, it was the shared one. */
  #writesStop(): Stop {
    const { settings, sharedLimits } = this.#options
    const isShared = sharedLimits?.isSpent() || settings.safeguards.maxWrites === undefined
    return sharedLimits !== undefined && isShared
      ? sharedLimits.writesStop()
      : maxWritesStop(settings)
  }

  hear(task: SegmentTask, message: ProgressMessage, reply: Reply): void {
    const { ledger, commits, barrier, state, onCounted } = this.#options
    switch (message.type) {
      case 'snapshot':
        ledger.counts.note(task, message.tally)
        onCounted()
        return
      case 'findings':
        commits.hold(task, fromText(message.findings))
        reply({ type: 'findings-taken' })
        return
      case 'record':
        this.#enterRecord(task, message, reply)
        return
      case 'part-ended':
        if (task.kind === 'compare') barrier.partEnded(task, message.replica)
        return
      case 'about-to-write':
        this.#settleBeforeWriting(fromText(message.writes), reply)
        return
      case 'orders-differ':
        this.#goOver(message.replica)
        return
      case 'claim-keys':
        reply({ type: 'claimed', collided: this.#claimed.enter(message.claims) })
        return
      case 'allowance-spent':
        state.stopBy(this.#writesStop())
        return
      case 'alive':
        return
      case 'credentials-wanted':
        this.#answerCredentials(message, reply)
        return
      default:
        message satisfies never
    }
  }

  #enterRecord(
    task: SegmentTask,
    { replica, record, isWanted }: RecordMessage,
    reply: Reply,
  ): void {
    if (task.kind !== 'compare') return
    const { commits, barrier, state } = this.#options
    commits
      .enterRecord(task, replica, record)
      .catch(state.fail)
      .finally(() => {
        if (isWanted) barrier.kept(task, replica)
        reply({ type: 'record-kept' })
      })
  }

  #settleBeforeWriting(writes: readonly AboutToWrite[], reply: Reply): void {
    const count = writes.length
    const onUnrecorded = (error: TablesyncError) => this.#options.state.fail(error)
    settleBeforeWriting(this.#options, writes, onUnrecorded).then(
      () => reply({ type: 'journaled', count }),
      (error: unknown) => reply({ type: 'journaled', count, error: toWire(error) }),
    )
  }

  #goOver(replica: TableIndex): void {
    const { ledger, listeners, label } = this.#options
    const replicaState = ledger.stateOf(replica)
    if (replicaState.byLookup) return
    replicaState.byLookup = true
    listeners.onEvent({ type: 'orders-differ', replica: label(replica) })
  }

  #answerCredentials({ table, refused }: CredentialsMessage, reply: Reply): void {
    const keeper = this.#options.tables.credentials[table]
    if (keeper === undefined) return
    keeper(refused).then(
      (held) => reply({ type: 'credentials', table, answer: { held } }),
      (error: unknown) => reply({ type: 'credentials', table, answer: { error: toWire(error) } }),
    )
  }
}

const collision = () =>
  new TablesyncError('two items of the master become one key', {
    code: 'KEY_COLLISION',
    scope: 'item',
    table: MASTER,
    hint: 'One of them may have been written before. Choose rules that keep keys apart.',
  })

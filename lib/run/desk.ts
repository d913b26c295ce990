/** The coordinator's desk: starts tasks, hears what they say, and enters how they end. */
import { asTablesyncError, type TablesyncError } from '../errors.ts'
import type { DurableLines } from '../files/durable-lines.ts'
import type { Stop } from '../model/rail.ts'
import type { TableIndex } from '../model/table.ts'
import type { Settings } from '../options/settings.ts'
import { fromText } from '../protocol/as-text.ts'
import type {
  AboutToWrite,
  ProgressMessage,
  SegmentReport,
  SegmentTask,
} from '../protocol/messages.ts'
import { passing } from '../protocol/points.ts'
import { toWire } from '../protocol/wire-error.ts'
import { imbalances, unbalanced } from './balance.ts'
import { settleBeforeWriting } from './before-writing.ts'
import type { Bookkeeper } from './bookkeeper.ts'
import { FreshRecords } from './fresh-records.ts'
import { HeldFindings } from './held-findings.ts'
import type { Tables } from './inspect.ts'
import type { Intents } from './intents.ts'
import type { Ledger } from './ledger.ts'
import { Losses } from './losses.ts'
import type { Reply, SegmentPool } from './pool.ts'
import { maxWritesRail } from './rails.ts'
import type { RestartKeys } from './restart-keys.ts'
import type { TableWatch } from './table-watch.ts'
import type { RunHooks } from './teller.ts'
import type { Watchdog } from './watchdog.ts'

export interface DeskOptions {
  readonly settings: Settings
  readonly tables: Tables
  readonly ledger: Ledger
  readonly restartKeys: RestartKeys
  readonly book: Bookkeeper
  readonly journal: DurableLines | undefined
  readonly intents: Intents
  readonly tableWatch: TableWatch
  readonly watchdog: Watchdog
  readonly hooks: RunHooks
  /** Called with each new count. */
  readonly onCounted: () => void
}

/** How a task's end is entered. */
export interface Entering {
  /** What it comes to belongs to this run alone. */
  readonly isLoose?: boolean
  /** Called with the entry itself, for each replica of the task. */
  readonly onEntered?: (isWhole: boolean) => void
}

type CredentialsMessage = ProgressMessage & { readonly type: 'credentials-wanted' }
type RecordMessage = ProgressMessage & { readonly type: 'record' }

export class Desk {
  readonly #options: DeskOptions
  readonly #pool: SegmentPool
  readonly #held = new HeldFindings()
  readonly #losses: Losses
  /** Of the comparisons under way. */
  readonly fresh: FreshRecords
  /** What ends the run as a whole. Undefined: it goes on. */
  #fatal: TablesyncError | undefined
  #stopped: Stop | undefined

  constructor(pool: SegmentPool, options: DeskOptions) {
    this.#pool = pool
    this.#options = options
    this.fresh = new FreshRecords(() => pool.askForRecords())
    const { ledger, restartKeys, hooks } = options
    this.#losses = new Losses({
      ...{ ledger, restartKeys, hooks },
      label: (table) => this.label(table),
      detach: (replica) => pool.detach(replica),
      fail: (table, error) => this.fail(table, error),
    })
  }

  /** The safeguard that has stopped the run. */
  get stopped(): Stop | undefined {
    return this.#stopped
  }

  /** Whether a segment is being compared. */
  get isComparing(): boolean {
    return this.fresh.isAny
  }

  /** What has ended the run as a whole. */
  get fatal(): TablesyncError | undefined {
    return this.#fatal
  }

  label(table: TableIndex): string {
    return this.#options.tables.access[table]?.label ?? ''
  }

  /**
   * Runs a task to its end and enters it. `died`: its thread did, and nothing
   * is entered; it can be begun again where its records say, or given up.
   * `swept`: the same, since the thread was ended for another task of it.
   */
  async carryOut(
    task: SegmentTask,
    entering: Entering = {},
  ): Promise<SegmentReport | 'died' | 'swept'> {
    const { ledger, book, watchdog } = this.#options
    if (task.kind === 'compare') this.fresh.begun(task)
    const watch = watchdog.watch(task)
    const sweepsBefore = this.#pool.sweeps
    const hear = (message: ProgressMessage, reply: Reply) => {
      watch.heard(message)
      this.#hear(task, message, (answer) => {
        watch.answered(answer)
        reply(answer)
      })
    }
    try {
      const report = await this.#pool.launch(task, hear).finally(() => watch.end())
      // First of all, so that what a lost replica has left is not taken for whole.
      this.#losses.enter(report.failures)
      await book.inOrder(() => this.#close(task, report, entering))
      return report
    } catch (thrown) {
      const { thread } = watch
      // One that has not begun was on its way to a thread that nobody can name.
      const wentDownWithOthers =
        thread === undefined ? this.#pool.sweeps > sweepsBefore : this.#pool.isSwept(thread)
      const isSwept = wentDownWithOthers && !watch.isStalled
      const error = asTablesyncError(thrown)
      if (this.#pool.isBroken) this.fail('', error)
      else if (!isSwept) ledger.noteError('', error)
      // After the records it sent that are not entered yet: what it told goes with them.
      await book.inOrder(async () => this.#forget(task))
      return isSwept ? 'swept' : 'died'
    } finally {
      if (task.kind === 'compare') this.fresh.ended(task)
      this.#options.onCounted()
    }
  }

  #forget(task: SegmentTask): void {
    this.#options.ledger.counts.drop(task)
    this.#held.drop(task)
    this.#options.intents.orphan()
  }

  /** A task that nobody is going to finish. */
  giveUp(task: SegmentTask): void {
    const { ledger } = this.#options
    ledger.counts.abandon(task)
    for (const replica of replicasOf(task)) ledger.fate(replica).brokenTasks++
  }

  async #close(task: SegmentTask, report: SegmentReport, entering: Entering): Promise<void> {
    const { ledger, book } = this.#options
    const { tally, failures, end } = report
    const hasFailed = (replica: TableIndex) => failures.some((one) => one.replica === replica)
    const isWhole = (replica: TableIndex) =>
      !entering.isLoose && end === 'finished' && !hasFailed(replica) && ledger.isAttached(replica)
    for (const { replica } of failures) ledger.fate(replica).brokenTasks++
    ledger.counts.close(task, tally, isWhole)
    for (const replica of replicasOf(task)) {
      const findings = this.#held.take(task, replica)
      if (!isWhole(replica)) {
        this.#options.intents.orphan()
        book.setAside(findings)
      } else {
        if (task.kind === 'compare') ledger.fate(replica).finished.add(task.segment)
        await book.enter(findings)
      }
      entering.onEntered?.(isWhole(replica))
    }
    this.#held.drop(task)
    this.#checkBalance(task, report)
  }

  /** Ends a thread, and with it all tasks that run there. */
  endThread(thread: number): void {
    this.#pool.endThread(thread)
  }

  /** Ends the run as a whole: the error has no smaller scope, or nobody can be told any more. */
  fail(table: string, error: TablesyncError): void {
    this.#fatal ??= error
    this.#options.ledger.noteError(table, error)
    this.#pool.stop()
  }

  /** Nothing is known of a table any more: ends the run where it is the master, else leaves it out. */
  loseTable(table: TableIndex, error: TablesyncError): void {
    const wire = { ...toWire(error), scope: 'table', table } as const
    this.#losses.enter([{ replica: table, error: wire }])
  }

  /** Ends the run as a whole: a safeguard does not let it pass. */
  stopBy(stop: Stop): void {
    this.#stopped ??= stop
    this.#pool.stop()
  }

  #hear(task: SegmentTask, message: ProgressMessage, reply: Reply): void {
    const { ledger } = this.#options
    switch (message.type) {
      case 'snapshot':
        ledger.counts.note(task, message.tally)
        this.#options.onCounted()
        return
      case 'findings':
        this.#held.add(task, fromText(message.findings))
        reply({ type: 'findings-taken' })
        return
      case 'record':
        this.#keep(task, message, reply)
        return
      case 'part-ended':
        if (task.kind === 'compare') this.fresh.partEnded(task, message.replica)
        return
      case 'about-to-write':
        this.#record(fromText(message.writes), reply)
        return
      case 'orders-differ':
        this.#goOver(message.replica)
        return
      case 'allowance-spent':
        this.stopBy(maxWritesRail(this.#options.settings))
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

  /** Has the comparison stand still, or go on. */
  hold(isHeld: boolean): void {
    this.#pool.hold(isHeld)
  }

  #keep(task: SegmentTask, { replica, record, isWanted }: RecordMessage, reply: Reply): void {
    if (task.kind !== 'compare') return
    const { ledger, book, restartKeys } = this.#options
    const { segment, totalSegments } = task
    book
      .inOrder(async () => {
        ledger.counts.keep(replica, segment, record)
        await book.enter(this.#held.take(task, replica))
        if (totalSegments === 1) restartKeys.kept(replica, record)
        passing('record-kept')
      })
      .catch((error: unknown) => this.fail('', asTablesyncError(error)))
      .finally(() => {
        if (isWanted) this.fresh.kept(task, replica)
        reply({ type: 'record-kept' })
      })
  }

  #record(writes: readonly AboutToWrite[], reply: Reply): void {
    const count = writes.length
    settleBeforeWriting(this.#options, writes, (error) => this.fail('', error)).then(
      () => reply({ type: 'journaled', count }),
      (error: unknown) => reply({ type: 'journaled', count, error: toWire(error) }),
    )
  }

  #goOver(replica: TableIndex): void {
    const fate = this.#options.ledger.fate(replica)
    if (fate.byLookup) return
    fate.byLookup = true
    this.#options.hooks.onEvent({ type: 'orders-differ', replica: this.label(replica) })
  }

  #answerCredentials({ table, refused }: CredentialsMessage, reply: Reply): void {
    const keeper = this.#options.tables.credentials[table]
    if (keeper === undefined) return
    keeper(refused).then(
      (held) => reply({ type: 'credentials', table, answer: { held } }),
      (error: unknown) => reply({ type: 'credentials', table, answer: { error: toWire(error) } }),
    )
  }

  #checkBalance(task: SegmentTask, report: SegmentReport): void {
    for (const { replica, message } of imbalances(task, report)) {
      if (!this.#options.ledger.isAttached(replica)) continue
      const label = this.label(replica)
      this.fail(label, unbalanced(label, message))
    }
  }
}

const replicasOf = (task: SegmentTask): readonly TableIndex[] =>
  task.kind === 'compare' ? task.replicas : [task.replica]

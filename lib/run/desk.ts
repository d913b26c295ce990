/** The coordinator's desk: starts tasks, hears what they say, and enters how they end. */
import { asTablesyncError, type TablesyncError } from '../errors.ts'
import type { Stop } from '../model/rail.ts'
import { MASTER, type TableIndex } from '../model/table.ts'
import type { Settings } from '../options/settings.ts'
import type {
  Finding,
  ProgressMessage,
  ReplicaFailure,
  SegmentReport,
  SegmentTask,
} from '../protocol/messages.ts'
import { fromWire, toWire } from '../protocol/wire-error.ts'
import { imbalances, unbalanced } from './balance.ts'
import type { DurableLines } from './durable-lines.ts'
import type { Tables } from './inspect.ts'
import type { Ledger } from './ledger.ts'
import type { Reply, SegmentPool } from './pool.ts'
import { maxWritesRail } from './rails.ts'
import type { RecheckQueue } from './recheck-queue.ts'
import type { RestartKeys } from './restart-keys.ts'
import type { Spill } from './spill.ts'
import type { RunHooks, Teller } from './teller.ts'

export interface DeskOptions {
  readonly settings: Settings
  readonly tables: Tables
  readonly ledger: Ledger
  readonly rechecks: RecheckQueue
  readonly deletes: Spill
  readonly restartKeys: RestartKeys
  readonly teller: Teller
  readonly journal: DurableLines | undefined
  readonly hooks: RunHooks
  /** Called with each new count. */
  readonly onCounted: () => void
}

export class Desk {
  readonly #options: DeskOptions
  readonly #pool: SegmentPool
  /** What ends the run as a whole. Undefined: it goes on. */
  #fatal: TablesyncError | undefined
  #stopped: Stop | undefined

  constructor(pool: SegmentPool, options: DeskOptions) {
    this.#pool = pool
    this.#options = options
  }

  /** The safeguard that has stopped the run. */
  get stopped(): Stop | undefined {
    return this.#stopped
  }

  get isFatal(): boolean {
    return this.#fatal !== undefined
  }

  label(table: TableIndex): string {
    return this.#options.tables.access[table]?.label ?? ''
  }

  /** Runs a task to its end and enters it. Undefined: its thread died. */
  async carryOut(task: SegmentTask): Promise<SegmentReport | undefined> {
    const { ledger } = this.#options
    try {
      const report = await this.#pool.launch(task, (message, reply) =>
        this.#hear(task, message, reply),
      )
      ledger.close(task, report.tally)
      for (const { replica } of report.failures) ledger.fate(replica).brokenTasks++
      for (const failure of onePerTable(report.failures)) this.#enterFailure(failure)
      this.#checkBalance(task, report)
      return report
    } catch (thrown) {
      ledger.abandon(task)
      for (const replica of replicasOf(task)) ledger.fate(replica).brokenTasks++
      ledger.noteError('', asTablesyncError(thrown))
      return undefined
    } finally {
      this.#options.onCounted()
    }
  }

  /** Ends the run as a whole: the error has no smaller scope, or nobody can be told any more. */
  fail(table: string, error: TablesyncError): void {
    this.#fatal ??= error
    this.#options.ledger.noteError(table, error)
    this.#pool.stop()
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
        ledger.note(task, message.tally)
        if (message.settledKey !== undefined) {
          this.#options.restartKeys.compared(message.settledKey)
        }
        this.#options.onCounted()
        return
      case 'findings':
        this.#take(message.findings)
          .catch((error: unknown) => this.fail('', asTablesyncError(error)))
          .finally(() => reply({ type: 'findings-taken' }))
        return
      case 'journal':
        this.#journal(message.lines, reply)
        return
      case 'orders-differ':
        this.#goOver(message.replica)
        return
      case 'allowance-spent':
        this.stopBy(maxWritesRail(this.#options.settings))
        return
      case 'credentials-wanted':
        this.#answerCredentials(message.table, reply)
        return
      default:
        message satisfies never
    }
  }

  /** Has the comparison stand still, or go on. */
  hold(isHeld: boolean): void {
    this.#pool.hold(isHeld)
  }

  async #take(findings: readonly Finding[]): Promise<void> {
    for (const finding of findings) {
      switch (finding.type) {
        case 'difference':
          await this.#options.teller.tell(finding.difference, finding.planned)
          break
        case 'look-again':
          this.#options.rechecks.add(finding.replica, finding.sighting)
          break
        default:
          await this.#keepForDeletion(finding.replica, finding.key)
      }
    }
  }

  async #keepForDeletion(replica: TableIndex, key: string): Promise<void> {
    try {
      await this.#options.deletes.add(replica, key)
    } catch (error) {
      this.fail('', asTablesyncError(error))
      await this.#options.teller.tellLeft(this.label(replica), key)
    }
  }

  #journal(lines: readonly string[], reply: Reply): void {
    const count = lines.length
    const recorded = this.#options.journal?.append(lines) ?? Promise.resolve()
    recorded.then(
      () => reply({ type: 'journaled', count }),
      (error: unknown) => {
        this.fail('', asTablesyncError(error))
        reply({ type: 'journaled', count, error: toWire(error) })
      },
    )
  }

  #goOver(replica: TableIndex): void {
    const fate = this.#options.ledger.fate(replica)
    if (fate.byLookup) return
    fate.byLookup = true
    this.#options.hooks.onEvent({ type: 'orders-differ', replica: this.label(replica) })
  }

  #answerCredentials(table: TableIndex, reply: Reply): void {
    const source = this.#options.tables.credentials[table]
    if (source === undefined) return
    source().then(
      (credentials) => reply({ type: 'credentials', table, answer: { credentials } }),
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

  #enterFailure({ replica, error: wire }: ReplicaFailure): void {
    const error = fromWire(wire)
    const table = error.table ?? replica
    if (table === MASTER) {
      // A master that cannot be read ends everything; a segment of it ends alone.
      if (error.scope === 'segment') this.#options.ledger.noteError(this.label(MASTER), error)
      else this.fail(this.label(MASTER), error)
    } else if (error.code === 'INTERNAL') {
      this.fail(this.label(replica), error)
    } else {
      this.#lose(replica, error)
    }
  }

  #lose(replica: TableIndex, error: TablesyncError): void {
    const { ledger, hooks } = this.#options
    const fate = ledger.fate(replica)
    ledger.noteError(this.label(replica), error)
    if (fate.lost !== undefined) return
    fate.lost = error
    this.#pool.detach(replica)
    hooks.onEvent({
      type: 'replica-lost',
      replica: this.label(replica),
      message: error.message,
      ...(error.hint !== undefined && { hint: error.hint }),
    })
  }
}

const replicasOf = (task: SegmentTask) => (task.kind === 'compare' ? task.replicas : [task.replica])

/** A page of the master that fails does so for every replica, and is one failure. */
function onePerTable(failures: readonly ReplicaFailure[]): ReplicaFailure[] {
  const tableOf = ({ replica, error }: ReplicaFailure) => error.table ?? replica
  return [...new Map(failures.map((failure) => [tableOf(failure), failure])).values()]
}

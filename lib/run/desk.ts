/** The coordinator's desk: starts tasks, hears what they say, and enters how they end. */
import { asTablesyncError, type TablesyncError } from '../errors.ts'
import type { Difference } from '../model/difference.ts'
import type { RunEvent } from '../model/events.ts'
import { MASTER, type TableIndex } from '../model/table.ts'
import type {
  Finding,
  ProgressMessage,
  ReplicaFailure,
  SegmentReport,
  SegmentTask,
} from '../protocol/messages.ts'
import { fromWire, toWire } from '../protocol/wire-error.ts'
import type { DeleteQueue } from './delete-queue.ts'
import type { Tables } from './inspect.ts'
import type { Ledger } from './ledger.ts'
import type { Reply, SegmentPool } from './pool.ts'

/** Who wants to hear of a run. */
export interface RunHooks {
  readonly onEvent: (event: RunEvent) => void
  /** Absent: differences are counted, and not told one by one. */
  readonly onDifference?: (difference: Difference) => Promise<void>
}

export interface DeskOptions {
  readonly tables: Tables
  readonly ledger: Ledger
  readonly deletes: DeleteQueue
  readonly hooks: RunHooks
  /** Called with each new count. */
  readonly onCounted: () => void
}

export class Desk {
  readonly #options: DeskOptions
  readonly #pool: SegmentPool
  /** What ends the run as a whole. Undefined: it goes on. */
  #fatal: TablesyncError | undefined

  constructor(pool: SegmentPool, options: DeskOptions) {
    this.#pool = pool
    this.#options = options
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
      for (const failure of report.failures) this.#enterFailure(failure)
      return report
    } catch (thrown) {
      ledger.abandon(task)
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

  #hear(task: SegmentTask, message: ProgressMessage, reply: Reply): void {
    const { ledger, hooks } = this.#options
    switch (message.type) {
      case 'snapshot':
        ledger.note(task, message.tally)
        if (message.settledKey !== undefined) {
          hooks.onEvent({ type: 'restart-key', key: message.settledKey })
        }
        this.#options.onCounted()
        return
      case 'findings':
        this.#take(message.findings)
          .catch((error: unknown) => this.fail('', asTablesyncError(error)))
          .finally(() => reply({ type: 'findings-taken' }))
        return
      case 'orders-differ':
        this.#goOver(message.replica)
        return
      case 'credentials-wanted':
        this.#answerCredentials(message.table, reply)
        return
      default:
        message satisfies never
    }
  }

  async #take(findings: readonly Finding[]): Promise<void> {
    const { deletes, hooks } = this.#options
    for (const finding of findings) {
      if (this.isFatal) return
      if (finding.type === 'difference') await hooks.onDifference?.(finding.difference)
      else await deletes.add(finding.replica, finding.key)
    }
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
      (answer) => reply({ type: 'credentials', table, answer }),
      (error: unknown) => reply({ type: 'credentials', table, answer: toWire(error) }),
    )
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

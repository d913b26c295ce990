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
  /** Settles when all that was told is where it belongs. */
  readonly allTold: () => Promise<void>
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
  /** Whoever was to hear of differences has failed. */
  #isUnheard = false

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
      for (const failure of onePerTable(report.failures)) this.#enterFailure(failure)
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

  /** Tells a difference, as long as there is anybody to hear it; that there is not ends the run. */
  async tell(difference: Difference): Promise<void> {
    if (!this.#isUnheard) await this.#heard(this.#options.hooks.onDifference?.(difference))
  }

  /** Tells that an extra was left as it is. */
  async tellLeft(replica: TableIndex, key: string): Promise<void> {
    const label = this.label(replica)
    await this.tell({ replica: label, kind: 'extra', key: JSON.parse(key), action: 'none' })
  }

  /** All differences have been told. */
  async endTelling(): Promise<void> {
    await this.#heard(this.#options.hooks.allTold())
  }

  async #heard(telling: Promise<void> | undefined): Promise<void> {
    try {
      await telling
    } catch (error) {
      this.#isUnheard = true
      this.fail('', asTablesyncError(error))
    }
  }

  async #take(findings: readonly Finding[]): Promise<void> {
    for (const finding of findings) {
      if (finding.type === 'difference') await this.tell(finding.difference)
      else await this.#keepForDeletion(finding.replica, finding.key)
    }
  }

  async #keepForDeletion(replica: TableIndex, key: string): Promise<void> {
    try {
      await this.#options.deletes.add(replica, key)
    } catch (error) {
      this.fail('', asTablesyncError(error))
      await this.tellLeft(replica, key)
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
      (credentials) => reply({ type: 'credentials', table, answer: { credentials } }),
      (error: unknown) => reply({ type: 'credentials', table, answer: { error: toWire(error) } }),
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

/** A page of the master that fails does so for every replica, and is one failure. */
function onePerTable(failures: readonly ReplicaFailure[]): ReplicaFailure[] {
  const tableOf = ({ replica, error }: ReplicaFailure) => error.table ?? replica
  return [...new Map(failures.map((failure) => [tableOf(failure), failure])).values()]
}

/** The coordinator's desk: starts tasks, hears what they say, and enters how they end. */
import { asTablesyncError, TablesyncError } from '../errors.ts'
import type { Difference } from '../model/difference.ts'
import type { RunEvent } from '../model/events.ts'
import { MASTER, type TableIndex } from '../model/table.ts'
import { imbalance } from '../model/tally.ts'
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
import type { RecheckQueue } from './recheck-queue.ts'

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
  readonly rechecks: RecheckQueue
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
  /** Keys up to which all is compared, with how many had come to wait by then. */
  readonly #restartKeys: { readonly key: string; readonly arrivals: number }[] = []
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

  #hear(task: SegmentTask, message: ProgressMessage, reply: Reply): void {
    const { ledger } = this.#options
    switch (message.type) {
      case 'snapshot':
        ledger.note(task, message.tally)
        if (message.settledKey !== undefined) {
          this.#restartKeys.push({
            key: message.settledKey,
            arrivals: this.#options.rechecks.arrivals,
          })
          this.tellRestartKey()
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

  /** Tells the furthest key up to which all is decided, those that were to be looked at again included. */
  tellRestartKey(): void {
    const { rechecks, hooks } = this.#options
    const undecided = this.#restartKeys.findIndex(({ arrivals }) => !rechecks.isDecided(arrivals))
    const decided = this.#restartKeys.splice(0, undecided < 0 ? Infinity : undecided)
    const key = decided.at(-1)?.key
    if (key !== undefined) hooks.onEvent({ type: 'restart-key', key })
  }

  /** Has the comparison stand still, or go on. */
  hold(isHeld: boolean): void {
    this.#pool.hold(isHeld)
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
      switch (finding.type) {
        case 'difference':
          await this.tell(finding.difference)
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

  /** Every item that was read has to have ended somewhere, once: else no count can be trusted. */
  #checkBalance(task: SegmentTask, { tally, end, failures }: SegmentReport): void {
    if (end !== 'finished') return
    const failed = new Set(failures.map(({ replica }) => replica))
    for (const [index, counts] of Object.entries(tally.replicas)) {
      const replica = Number(index)
      const off = imbalance(tally.master.scanned, counts)
      if (off === 0 || failed.has(replica) || !this.#options.ledger.isAttached(replica)) continue
      const where = task.kind === 'compare' ? `segment ${task.segment}` : `a ${task.kind}`
      const what = `${Math.abs(off)} items of ${where} were counted ${off > 0 ? 'twice' : 'nowhere'}`
      this.fail(
        this.label(replica),
        new TablesyncError(`The counts of ${this.label(replica)} do not balance: ${what}`, {
          code: 'INTERNAL',
          scope: 'run',
          hint: 'This is a fault of tablesync: please report it, with the tables and flags it came with.',
        }),
      )
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

/**
 * Asks again during a run whether each table is still the one that was compared. A table that was
 * deleted and recreated under its name answers like the old one: the run would miss its items, and
 * delete those of its replicas.
 */

import { type Identifier, openIdentifier } from '../../dynamo/describe/identity-check.ts'
import { asTablesyncError, TablesyncError } from '../../errors.ts'
import type { CredentialKeeper } from '../../model/tables/aws-credentials.ts'
import { isStandIn, type TableIndex } from '../../model/tables/table.ts'
import {
  describeIdentity,
  isAnotherTable,
  type TableIdentity,
} from '../../model/tables/table-identity.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Settings } from '../../options/settings.ts'
import type { TableAccess } from '../../protocol/setup.ts'
import { Outages } from '../../protocol/shared/outages.ts'
import type { Tables } from './table-inspection.ts'

/** DescribeTable costs nothing, but it is not called for every page. */
const ASK_EVERY: Milliseconds = 120_000

/** How often the clock is read, so that a machine that has slept asks soon afterwards. */
const LOOK_EVERY: Milliseconds = 5000

/** Watches the tables of a run. `ending` ends each request; one to a table out of reach waits. */
export function watchTables(
  { timeouts }: Settings,
  { access, credentials, inspected }: Tables,
  ending: AbortSignal,
  told: Pick<TableWatchOptions, 'onChanged' | 'isOver'> & { readonly outages: SharedArrayBuffer },
): TableWatch {
  const outages = new Outages(told.outages)
  return new TableWatch({
    ...told,
    tables: inspected.flatMap((one, table) =>
      isStandIn(one) ? [] : { table, label: one.ref.label, first: one.facts },
    ),
    open: (table) =>
      openIdentifier(access[table] as TableAccess, {
        credentials: credentials[table] as CredentialKeeper,
        ...{ timeouts, ending, outages },
      }),
  })
}

export interface WatchedTable {
  readonly table: TableIndex
  readonly label: string
  /** As it was when the run began. */
  readonly first: TableIdentity
}

export interface TableWatchOptions {
  readonly tables: readonly WatchedTable[]
  /** Opens a way to ask the service, which is closed when the watch ends. */
  readonly open: (table: TableIndex) => Identifier
  /** Called once for a table that is gone, or is another one. */
  readonly onChanged: (table: TableIndex, error: TablesyncError) => void
  readonly isOver: () => boolean
}

export class TableWatch {
  readonly #options: TableWatchOptions
  readonly #questions: ReadonlyMap<TableIndex, Question>
  #lastAsked = Date.now()
  #timer: NodeJS.Timeout | undefined

  constructor(options: TableWatchOptions) {
    this.#options = options
    // A table without an id or a creation date cannot be recognised.
    const known = options.tables.filter(
      ({ first }) => first.tableId !== undefined || first.createdAt !== undefined,
    )
    this.#questions = new Map(known.map((one) => [one.table, new Question(one, options)]))
  }

  begin(): void {
    this.#lastAsked = Date.now()
    this.#timer = setInterval(() => void this.lookIfDue(Date.now()), LOOK_EVERY)
  }

  /** Asks about all tables if two minutes have passed. Unanswered questions are asked again. */
  async lookIfDue(now: Milliseconds): Promise<void> {
    if (now - this.#lastAsked < ASK_EVERY || this.#options.isOver()) return
    this.#lastAsked = now
    await this.look()
  }

  end(): void {
    clearInterval(this.#timer)
    for (const question of this.#about(undefined)) question.close()
  }

  /**
   * Asks about the given tables, or about all of them. What was read before the call was read from
   * the tables that the answer is about.
   *
   * @returns why they may not all be the same; undefined if they are. Never rejects
   */
  async look(tables?: readonly TableIndex[]): Promise<TablesyncError | undefined> {
    const questions = this.#about(tables)
    const answers = await Promise.all(questions.map((question) => question.answer()))
    return answers.find((error) => error !== undefined)
  }

  /**
   * Asks the same before a deletion.
   *
   * @throws TablesyncError with code `ENDED` if the deletion must not be sent
   */
  async confirm(tables: readonly TableIndex[]): Promise<void> {
    const doubt = await this.look(tables)
    if (doubt === undefined) return
    throw new TablesyncError(doubt.message, { code: 'ENDED', scope: 'segment' })
  }

  /** The doubt that the last answers left. */
  doubt(tables: readonly TableIndex[]): TablesyncError | undefined {
    return this.#about(tables).find((question) => question.doubt !== undefined)?.doubt
  }

  #about(tables: readonly TableIndex[] | undefined): Question[] {
    const all = [...this.#questions]
    return all.flatMap(([table, question]) => ((tables?.includes(table) ?? true) ? question : []))
  }
}

/** Asks about one table. Who asks while a request is under way shares the next answer. */
class Question {
  readonly #table: WatchedTable
  readonly #options: TableWatchOptions
  #underWay: Promise<unknown> = Promise.resolve()
  #next: Promise<TablesyncError | undefined> | undefined
  #changed: TablesyncError | undefined
  /** Opened by the first request: most runs are over before any request but the last. */
  #identifier: Identifier | undefined
  /** The doubt that the last answer left. */
  doubt: TablesyncError | undefined

  constructor(table: WatchedTable, options: TableWatchOptions) {
    this.#table = table
    this.#options = options
  }

  /** Undefined: it is the same table. */
  answer(): Promise<TablesyncError | undefined> {
    this.#next ??= this.#underWay.then(() => {
      this.#next = undefined
      const answer = this.#ask().then((doubt) => {
        this.doubt = doubt
        return doubt
      })
      this.#underWay = answer
      return answer
    })
    return this.#next
  }

  close(): void {
    this.#identifier?.close()
  }

  async #ask(): Promise<TablesyncError | undefined> {
    if (this.#changed !== undefined) return this.#changed
    const { table, label, first } = this.#table
    try {
      this.#identifier ??= this.#options.open(table)
      const now = await this.#identifier.identify()
      if (now.isBeingDeleted) this.#changed = changed(this.#table, `${label} is being deleted`)
      else if (isAnotherTable(first, now)) {
        const ids = `expected ${describeIdentity(first)}, got ${describeIdentity(now)}`
        this.#changed = changed(this.#table, `${label} was deleted and recreated: ${ids}`)
      }
    } catch (thrown) {
      const error = asTablesyncError(thrown)
      if (error.code !== 'TABLE_NOT_FOUND') return error
      this.#changed = changed(this.#table, `${label} was deleted: it does not exist any more`)
    }
    if (this.#changed !== undefined) this.#options.onChanged(table, this.#changed)
    return this.#changed
  }
}

const changed = ({ table }: WatchedTable, message: string) =>
  new TablesyncError(message, {
    code: 'TABLE_CHANGED',
    scope: 'table',
    table,
    hint: 'Results after that are void. Find out who deleted or recreated it, then run again.',
  })

/**
 * Asks again, while a run goes on, whether each table is still the one that was
 * compared. A table that is deleted and made anew under its name answers like
 * the old one: its items would be missed, and those of its replicas deleted.
 */

import { type Identifier, openIdentifier } from '../../dynamo/describe/identity-check.ts'
import { asTablesyncError, TablesyncError } from '../../errors.ts'
import type { CredentialKeeper } from '../../model/tables/aws-credentials.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import {
  describeIdentity,
  isAnotherTable,
  type TableIdentity,
} from '../../model/tables/table-identity.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Settings } from '../../options/settings.ts'
import type { TableAccess } from '../../protocol/messages.ts'
import { Outages } from '../../protocol/shared/outages.ts'
import type { Tables } from '../preflight/table-inspection.ts'

/** DescribeTable costs nothing, and is not asked for by every page. */
const ASK_EVERY: Milliseconds = 120_000

/** How often the clock is read: a machine that has slept asks soon after. */
const LOOK_EVERY: Milliseconds = 5000

/** Watches the tables of a run. `ending` ends each question; one to a table that is out of reach waits. */
export function watchTables(
  { timeouts }: Settings,
  { access, credentials, inspected, used }: Tables,
  ending: AbortSignal,
  told: Pick<TableWatchOptions, 'onChanged' | 'isOver'> & { readonly outages: SharedArrayBuffer },
): TableWatch {
  const outages = new Outages(told.outages)
  return new TableWatch({
    ...told,
    tables: used.flatMap((table) => {
      const { ref, facts } = inspected[table] ?? {}
      return ref && facts ? { table, label: ref.label, first: facts } : []
    }),
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
  /** How to ask the service; closed when the watch ends. */
  readonly open: (table: TableIndex) => Identifier
  /** Called once for a table that is not there any more, or is another one. */
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
    // Of a table without an id or a date nothing can be told.
    const known = options.tables.filter(
      ({ first }) => first.tableId !== undefined || first.createdAt !== undefined,
    )
    this.#questions = new Map(known.map((one) => [one.table, new Question(one, options)]))
  }

  begin(): void {
    this.#lastAsked = Date.now()
    this.#timer = setInterval(() => void this.lookIfDue(Date.now()), LOOK_EVERY)
  }

  /** Asks about all tables where nobody has for two minutes: what cannot be answered is asked again. */
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
   * Asks about the tables, or about all of them. What was read before the call was read from the
   * tables that the answer is about.
   *
   * @returns why it is not known that all are the same; undefined where they are. Never rejects
   */
  async look(tables?: readonly TableIndex[]): Promise<TablesyncError | undefined> {
    const questions = this.#about(tables)
    const answers = await Promise.all(questions.map((question) => question.answer()))
    return answers.find((error) => error !== undefined)
  }

  /**
   * The same before a deletion.
   *
   * @throws TablesyncError with code `ENDED` where it is not to be sent
   */
  async confirm(tables: readonly TableIndex[]): Promise<void> {
    const doubt = await this.look(tables)
    if (doubt === undefined) return
    throw new TablesyncError(doubt.message, { code: 'ENDED', scope: 'segment' })
  }

  /** What the last answers leave unknown. */
  doubt(tables: readonly TableIndex[]): TablesyncError | undefined {
    return this.#about(tables).find((question) => question.doubt !== undefined)?.doubt
  }

  #about(tables: readonly TableIndex[] | undefined): Question[] {
    const all = [...this.#questions]
    return all.flatMap(([table, question]) => ((tables?.includes(table) ?? true) ? question : []))
  }
}

/** About one table; whoever asks while it is being answered shares the next answer. */
class Question {
  readonly #table: WatchedTable
  readonly #options: TableWatchOptions
  #underWay: Promise<unknown> = Promise.resolve()
  #next: Promise<TablesyncError | undefined> | undefined
  #changed: TablesyncError | undefined
  /** Opened by the first question: most runs end before there is any but the last one. */
  #identifier: Identifier | undefined
  /** Of the last answer. */
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

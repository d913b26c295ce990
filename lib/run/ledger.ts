/** What all segments together have found, and what became of each replica. */
import type { TablesyncError } from '../errors.ts'
import type { ErrorSummary } from '../model/summary.ts'
import type { TableIndex } from '../model/table.ts'
import {
  addTallies,
  type ReplicaTally,
  type Tally,
  zeroReplicaTally,
  zeroTally,
} from '../model/tally.ts'

const MAX_ERRORS = 50

/** A replica's fate, beside its counts. */
export interface ReplicaFate {
  /** Why no more is asked of it. Undefined: it is part of the run. */
  lost: TablesyncError | undefined
  finishedSegments: number
  /** Tasks of any kind that were not brought to their end. */
  brokenTasks: number
  byLookup: boolean
  deletionsWithheld: number
}

export class Ledger {
  readonly #fates: ReadonlyMap<TableIndex, ReplicaFate>
  /** Latest snapshot of each task under way. */
  readonly #underWay = new Map<object, Tally>()
  readonly #errors = new Map<string, ErrorSummary>()
  #finished: Tally
  segmentsDone = 0

  constructor(replicas: readonly TableIndex[], byLookup: boolean) {
    this.#finished = zeroTally(replicas)
    this.#fates = new Map(
      replicas.map((replica) => [
        replica,
        {
          lost: undefined,
          finishedSegments: 0,
          brokenTasks: 0,
          byLookup,
          deletionsWithheld: 0,
        },
      ]),
    )
  }

  /** Replaces what is known of a task under way. */
  note(task: object, snapshot: Tally): void {
    this.#underWay.set(task, snapshot)
  }

  /** A task has ended: its record takes the place of its snapshots. */
  close(task: object, tally: Tally): void {
    this.#underWay.delete(task)
    this.#finished = addTallies(this.#finished, tally)
  }

  /** Enters what no task has told. */
  add(change: Tally): void {
    this.#finished = addTallies(this.#finished, change)
  }

  /** What is left of a task whose thread died: the last that it said. */
  abandon(task: object): void {
    const last = this.#underWay.get(task)
    if (last !== undefined) this.close(task, last)
  }

  fate(replica: TableIndex): ReplicaFate {
    const fate = this.#fates.get(replica)
    if (fate === undefined) throw new Error(`no replica ${replica}`)
    return fate
  }

  replicas(): TableIndex[] {
    return [...this.#fates.keys()]
  }

  /** Replicas that are still part of the run. */
  attached(): TableIndex[] {
    return [...this.#fates.keys()].filter((replica) => this.isAttached(replica))
  }

  isAttached(replica: TableIndex): boolean {
    return this.fate(replica).lost === undefined
  }

  totals(): Tally {
    return [...this.#underWay.values()].reduce(addTallies, this.#finished)
  }

  totalOf(replica: TableIndex): ReplicaTally {
    return this.totals().replicas[replica] ?? zeroReplicaTally()
  }

  /** Keeps the first error of each message, and counts the others. */
  noteError(table: string, { code, message, hint }: TablesyncError): void {
    const key = `${code} ${message}`
    const known = this.#errors.get(key)
    if (known === undefined && this.#errors.size >= MAX_ERRORS) return
    const count = (known?.count ?? 0) + 1
    this.#errors.set(key, { table, code, message, ...(hint !== undefined && { hint }), count })
  }

  errors(): ErrorSummary[] {
    return [...this.#errors.values()]
  }
}

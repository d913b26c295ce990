/** All that the run has found, and the state of each replica. */
import type { TablesyncError } from '../../errors.ts'
import { type ErrorSummary, errorSummaryOf } from '../../model/results/summary.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { ReplicaTally, Tally } from '../../model/tally.ts'
import { Counts } from './counts.ts'
import { Ranges } from './index-ranges.ts'

const MAX_ERRORS = 50

/** Names may be data too: no run keeps a million of them. */
const MAX_ATTRIBUTES = 1000

/** A replica's state, beside its counts. */
export interface ReplicaState {
  /** Why the replica was left out. Undefined: it is part of the run. */
  lost: TablesyncError | undefined
  /** Segments that were compared completely. */
  readonly finished: Set<number>
  /** Tasks of any kind that were not completed. */
  brokenTasks: number
  byLookup: boolean
  deletionsWithheld: number
  /** How many differing items differ in each attribute, as far as tasks of this run have told. */
  readonly changed: Map<string, number>
  /** Keys of a reviewed plan that nobody has picked: they were not read. */
  notPicked: number
  /** Why the first repair of an item was refused. Undefined: none was, for a reason of its own. */
  refusal: string | undefined
  /** Extras whose deletion was tried in this run, whatever the outcome. */
  readonly tried: Ranges
  /** Extras, by index in their list, whose deletion has ended. */
  readonly deleted: Ranges
}

export class Ledger {
  readonly counts = new Counts()
  readonly #states: ReadonlyMap<TableIndex, ReplicaState>
  readonly #errors = new Map<string, ErrorSummary>()
  /** Errors of keys that were left, which stay counted. */
  readonly #keyErrors = new Map<string, ErrorSummary>()
  #isIncomplete = false
  /** Whether earlier legs have counted too. */
  isResumed = false

  constructor(replicas: readonly TableIndex[], byLookup: boolean) {
    this.#states = new Map(
      replicas.map((replica) => [
        replica,
        {
          lost: undefined,
          finished: new Set<number>(),
          brokenTasks: 0,
          byLookup,
          deletionsWithheld: 0,
          changed: new Map<string, number>(),
          notPicked: 0,
          refusal: undefined,
          tried: new Ranges(),
          deleted: new Ranges(),
        },
      ]),
    )
  }

  stateOf(replica: TableIndex): ReplicaState {
    const state = this.#states.get(replica)
    if (state === undefined) throw new Error(`no replica ${replica}`)
    return state
  }

  /** Adds up how many items differ in each attribute. */
  noteChanged(replica: TableIndex, changed: ReadonlyMap<string, number>): void {
    const all = this.stateOf(replica).changed
    for (const [name, items] of changed) {
      if (all.has(name) || all.size < MAX_ATTRIBUTES) all.set(name, (all.get(name) ?? 0) + items)
    }
  }

  replicas(): TableIndex[] {
    return [...this.#states.keys()]
  }

  /** Replicas that are still part of the run. */
  attached(): TableIndex[] {
    return this.replicas().filter((replica) => this.isAttached(replica))
  }

  isAttached(replica: TableIndex): boolean {
    return this.stateOf(replica).lost === undefined
  }

  /** Segments that every replica still in the run has finished. */
  get segmentsDone(): number {
    return Math.min(...this.replicas().map((replica) => this.stateOf(replica).finished.size))
  }

  totals(): Tally {
    const replicas = this.replicas().map((replica) => [replica, this.totalOf(replica)])
    return { master: this.counts.master(), replicas: Object.fromEntries(replicas) }
  }

  totalOf(replica: TableIndex): ReplicaTally {
    return this.counts.totalOf(replica)
  }

  /** Notes an error that left out work which nothing else counts: the outcome is incomplete. */
  noteIncomplete(table: string, error: TablesyncError): void {
    this.#isIncomplete = true
    this.noteError(table, error)
  }

  get isIncomplete(): boolean {
    return this.#isIncomplete
  }

  /** Keeps the first error of each message, and counts the others. */
  noteError(table: string, error: TablesyncError): void {
    note(this.#errors, errorSummaryOf(error, table))
  }

  /** Notes why a key failed or could not be verified: true for as long as it is counted so. */
  noteKeyError(table: string, error: TablesyncError): void {
    note(this.#keyErrors, errorSummaryOf(error, table))
  }

  /** Restores the key errors of the legs before. */
  restoreKeyErrors(errors: readonly ErrorSummary[]): void {
    for (const error of errors) note(this.#keyErrors, error)
  }

  keyErrors(): ErrorSummary[] {
    return [...this.#keyErrors.values()]
  }

  errors(): ErrorSummary[] {
    const all = new Map(this.#errors)
    for (const error of this.#keyErrors.values()) note(all, error)
    return [...all.values()]
  }
}

function note(errors: Map<string, ErrorSummary>, error: ErrorSummary): void {
  const key = `${error.code} ${error.message}`
  const known = errors.get(key)
  if (known === undefined && errors.size >= MAX_ERRORS) return
  errors.set(key, { ...(known ?? error), count: (known?.count ?? 0) + error.count })
}

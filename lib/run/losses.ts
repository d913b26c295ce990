/** What a failure takes with it: a segment, a replica, or the run. */
import type { TablesyncError } from '../errors.ts'
import { MASTER, type TableIndex } from '../model/table.ts'
import type { ReplicaFailure } from '../protocol/messages.ts'
import { fromWire } from '../protocol/wire-error.ts'
import type { Ledger } from './ledger.ts'
import type { RestartKeys } from './restart-keys.ts'
import type { RunHooks } from './teller.ts'

export interface LossesOptions {
  readonly ledger: Ledger
  readonly restartKeys: RestartKeys
  readonly hooks: RunHooks
  readonly label: (table: TableIndex) => string
  /** Has all tasks leave a replica alone. */
  readonly detach: (replica: TableIndex) => void
  /** Ends the run as a whole. */
  readonly fail: (table: string, error: TablesyncError) => void
}

export class Losses {
  readonly #options: LossesOptions

  constructor(options: LossesOptions) {
    this.#options = options
  }

  enter(failures: readonly ReplicaFailure[]): void {
    for (const failure of onePerTable(failures)) this.#enter(failure)
  }

  #enter({ replica, error: wire }: ReplicaFailure): void {
    const { ledger, label, fail } = this.#options
    const error = fromWire(wire)
    const table = error.table ?? replica
    if (table === MASTER) {
      // A master that cannot be read ends everything; a segment of it ends alone.
      if (error.scope === 'segment') ledger.noteError(label(MASTER), error)
      else fail(label(MASTER), error)
    } else if (error.code === 'INTERNAL') {
      fail(label(replica), error)
    } else {
      this.#lose(replica, error)
    }
  }

  #lose(replica: TableIndex, error: TablesyncError): void {
    const { ledger, hooks, restartKeys, label, detach } = this.#options
    const fate = ledger.fate(replica)
    // What its other segments meet until they hear of it is the same loss.
    if (fate.lost !== undefined) return
    ledger.noteError(label(replica), error)
    fate.lost = error
    restartKeys.leave(replica)
    detach(replica)
    hooks.onEvent({
      type: 'replica-lost',
      replica: label(replica),
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

/** Decides what a failure ends: a segment, a replica, or the run. */
import type { TablesyncError } from '../../errors.ts'
import { MASTER, type TableIndex } from '../../model/tables/table.ts'
import type { ReplicaFailure } from '../../protocol/tasks.ts'
import { fromWire, toWire } from '../../protocol/wire-error.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { Ledger } from '../state/ledger.ts'
import type { RestartKeys } from '../state/restart-keys.ts'
import type { RunState } from '../state/run-state.ts'

export interface ReplicaFailuresOptions {
  readonly state: RunState
  readonly ledger: Ledger
  readonly restartKeys: RestartKeys
  readonly listeners: RunListeners
  readonly label: (table: TableIndex) => string
  /** Makes all tasks leave a replica alone. */
  readonly detach: (replica: TableIndex) => void
}

export class ReplicaFailures {
  readonly #options: ReplicaFailuresOptions

  constructor(options: ReplicaFailuresOptions) {
    this.#options = options
  }

  enter(failures: readonly ReplicaFailure[]): void {
    for (const failure of onePerTable(failures)) this.#enter(failure)
  }

  /** Nothing is known of the table any more: a lost master ends the run, a replica leaves it. */
  loseTable(table: TableIndex, error: TablesyncError): void {
    const wire = { ...toWire(error), scope: 'table', table } as const
    this.#enter({ replica: table, error: wire })
  }

  #enter({ replica, error: wire }: ReplicaFailure): void {
    const { state, ledger, label } = this.#options
    const error = fromWire(wire)
    const table = error.table ?? replica
    if (table === MASTER) {
      // A master that cannot be read ends everything; a failed segment of it ends alone.
      if (error.scope === 'segment') ledger.noteError(label(MASTER), error)
      else state.fail(error, label(MASTER))
    } else if (error.code === 'INTERNAL') {
      state.fail(error, label(replica))
    } else {
      this.#lose(replica, error)
    }
  }

  #lose(replica: TableIndex, error: TablesyncError): void {
    const { ledger, listeners, restartKeys, label, detach } = this.#options
    const replicaState = ledger.stateOf(replica)
    // Its other segments meet the same loss until they hear of it.
    if (replicaState.lost !== undefined) return
    ledger.noteError(label(replica), error)
    replicaState.lost = error
    restartKeys.leave(replica)
    detach(replica)
    listeners.onEvent({
      type: 'replica-lost',
      replica: label(replica),
      message: error.message,
      ...(error.hint !== undefined && { hint: error.hint }),
    })
  }
}

/** A master page that fails does so for every replica, but it is one failure. */
function onePerTable(failures: readonly ReplicaFailure[]): ReplicaFailure[] {
  const tableOf = ({ replica, error }: ReplicaFailure) => error.table ?? replica
  return [...new Map(failures.map((failure) => [tableOf(failure), failure])).values()]
}

/** How a task ended: one rule for all tasks. */
import { isEnded } from '../../lib/dynamo/request/request-errors.ts'
import type { TableIndex } from '../../lib/model/tables/table.ts'
import type { Tally } from '../../lib/model/tally.ts'
import type { ReplicaFailure, SegmentReport } from '../../lib/protocol/tasks.ts'
import { toWire } from '../../lib/protocol/wire-error.ts'
import type { ReplicaTask } from '../replica-task.ts'

export class TaskEnd {
  readonly #failures: ReplicaFailure[] = []
  readonly #unfinished = new Set<TableIndex>()
  readonly #changed = new Map<TableIndex, ReadonlyMap<string, number>>()

  /**
   * Runs one replica's part of the task, and notes how it ended. A failure is part of the report,
   * so that counts from before it are not lost. A request that was not sent because the run is
   * ending is no failure.
   */
  async run(replicaTask: ReplicaTask, part: () => Promise<void>): Promise<void> {
    const { replica } = replicaTask
    try {
      await part()
    } catch (error) {
      if (isEnded(error)) replicaTask.wasCutShort = true
      else this.#failures.push({ replica, error: toWire(error) })
    }
    if (replicaTask.wasCutShort) this.#unfinished.add(replica)
    this.#changed.set(replica, replicaTask.count.changed)
  }

  report(tally: Tally): SegmentReport {
    const changed = [...this.#changed].filter(([, names]) => names.size > 0)
    return {
      tally,
      unfinished: [...this.#unfinished],
      failures: this.#failures,
      ...(changed.length > 0 && { changed }),
    }
  }
}

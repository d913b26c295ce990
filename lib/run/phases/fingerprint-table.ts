/** Adds up the items of a table, segment by segment. */
import type { ExpiryRule } from '../../model/files/fingerprint-file.ts'
import type { Summary } from '../../model/results/summary.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { FingerprintTask } from '../../protocol/tasks.ts'
import { ConcurrentWork } from '../concurrent-work.ts'
import { shuffledSegments } from '../preflight/scan-plan.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { Preparation, RunContext } from '../run-context.ts'
import { withRun } from '../with-run.ts'

/** The table stands at a replica's place: there is no master. */
export const THE_TABLE: TableIndex = 1

export interface SegmentSum {
  readonly segment: number
  readonly items: number
  /** 32 bytes in base64. */
  readonly sum: string
}

export interface Summing {
  /** Secret, in base64. */
  readonly key: string
  readonly ttl: ExpiryRule | null
  readonly onSegment: (sum: SegmentSum) => void
}

export function runFingerprint(
  preparation: Preparation,
  summing: Summing,
  listeners: RunListeners,
  signal: AbortSignal,
): Promise<Summary> {
  return withRun(preparation, listeners, signal, async (run) => {
    run.tellPaces()
    const { plan, settings } = run
    const tasks = new ConcurrentWork(settings.parallel)
    for (const segment of shuffledSegments(plan)) {
      await tasks.room(settings.parallel)
      if (run.isOver() || !run.ledger.isAttached(THE_TABLE)) break
      tasks.start(() => sumOne(run, segment, summing))
    }
    await tasks.end()
  })
}

async function sumOne(run: RunContext, segment: number, summing: Summing): Promise<void> {
  const { executor, ledger, plan, isOver } = run
  const { key, ttl, onSegment } = summing
  const task: FingerprintTask = {
    ...{ kind: 'fingerprint', replica: THE_TABLE, segment, totalSegments: plan.segments },
    ...{ key, intents: [] },
    ...(ttl !== null && { ttl }),
  }
  let isWhole = false
  const end = await executor.execute({
    // A thread that died takes all that it had added up with it.
    taskNow: () => (isOver() || !ledger.isAttached(THE_TABLE) ? undefined : task),
    onEntered: (entered) => {
      isWhole = entered
    },
  })
  if (typeof end === 'string' || !isWhole || end.fingerprint === undefined) return
  ledger.stateOf(THE_TABLE).finished.add(segment)
  onSegment({ segment, ...end.fingerprint })
}

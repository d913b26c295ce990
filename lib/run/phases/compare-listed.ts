/** A run of listed keys: they are read on both sides, without a scan. */
import type { Summary } from '../../model/results/summary.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { ListedTask } from '../../protocol/tasks.ts'
import { ConcurrentWork } from '../concurrent-work.ts'
import { tellOpening } from '../preflight/opening-events.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import { deleteAll } from '../run.ts'
import type { Preparation, RunContext } from '../run-context.ts'
import { carryOutKeys, checkBooks, KeyCount } from '../safeguards/key-balance.ts'
import { replicaOfLabel } from '../tables/replica-of-label.ts'
import { withRun } from '../with-run.ts'
import { recheckDuring } from './recheck.ts'

/** Keys in one task. */
const BATCH = 200

/** Keys to read, as DynamoDB JSON text, by the label of their replica. */
export type KeyQueues = ReadonlyMap<string, readonly string[]>

export function runListed(
  preparation: Preparation,
  queues: KeyQueues,
  listeners: RunListeners,
  signal: AbortSignal,
): Promise<Summary> {
  return withRun(preparation, listeners, signal, async (run) => {
    const listed = new KeyCount()
    for (const [label, keys] of queues) listed.add(label, keys.length)
    const keys = [...queues.values()].reduce((sum, { length }) => sum + length, 0)
    tellOpening(preparation, listeners, keys)
    run.tellPaces()
    await recheckDuring(run, compareAll(run, queues))
    checkBooks(run, listed)
    await recheckDuring(run, deleteAll(run))
  })
}

async function compareAll(run: RunContext, queues: KeyQueues): Promise<void> {
  const { settings, tables, isOver } = run
  const tasks = new ConcurrentWork(settings.parallel)
  for (const [label, keys] of queues) {
    const replica = replicaOfLabel(tables, label)
    for (let at = 0; at < keys.length && !isOver(); at += BATCH) {
      await tasks.room(1)
      const batch = keys.slice(at, at + BATCH)
      tasks.start(() => compareBatch(run, replica, batch))
    }
  }
  await tasks.end()
}

async function compareBatch(
  run: RunContext,
  replica: TableIndex,
  keys: readonly string[],
): Promise<void> {
  const taskNow = (): ListedTask => {
    return { kind: 'listed', replica, keys, intents: run.writeLog.ofKeys(replica, keys) }
  }
  await carryOutKeys(run, { replica, keys: keys.length, taskNow })
}

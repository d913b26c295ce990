/** A reviewed plan carried out: its keys to the workers, its deletions last. */

import type { Summary } from '../../model/results/summary.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { ApplyTask, PlannedKey } from '../../protocol/tasks.ts'
import { ConcurrentWork } from '../concurrent-work.ts'
import { rulesOf } from '../preflight/rules-from-settings.ts'
import { tellWarnings } from '../preflight/warnings.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { ReviewedPlan } from '../records/plan-reader.ts'
import { deleteAll } from '../run.ts'
import type { Preparation, RunContext } from '../run-context.ts'
import { asksBeforeDeletions } from '../safeguards/consent.ts'
import { carryOutKeys, checkBooks, KeyCount } from '../safeguards/key-balance.ts'
import { replicaOfLabel } from '../tables/replica-of-label.ts'
import { withRun } from '../with-run.ts'
import { recheckDuring } from './recheck.ts'

/** Keys in one task: few, so that no read grows old before its write. */
const BATCH = 25

export function runApply(
  preparation: Preparation,
  reviewed: ReviewedPlan,
  listeners: RunListeners,
  signal: AbortSignal,
): Promise<Summary> {
  return withRun(preparation, listeners, signal, async (run) => {
    const [master, ...replicas] = preparation.tables.inspected
    const { file, end, left } = reviewed
    for (const [label, keys] of left) {
      run.ledger.stateOf(replicaOfLabel(preparation.tables, label)).notPicked = keys
    }
    const { dryRun } = preparation.settings
    listeners.onEvent({
      ...{ type: 'apply', dryRun, plan: file, master, replicas, keys: end.entries },
      asksBeforeDeletions: asksBeforeDeletions(preparation.settings, listeners),
      rules: rulesOf(preparation.settings),
    })
    tellWarnings(preparation, listeners)
    run.tellPaces()
    const planned = new KeyCount()
    await recheckDuring(run, applyAll(run, reviewed, planned))
    checkBooks(run, planned)
    await recheckDuring(run, deleteAll(run))
  })
}

async function applyAll(
  run: RunContext,
  { entries }: ReviewedPlan,
  planned: KeyCount,
): Promise<void> {
  const { settings, tables, isOver, canary } = run
  const tasks = new ConcurrentWork(settings.parallel)
  const waiting = new Map<string, PlannedKey[]>()
  const send = async (label: string) => {
    const keys = waiting.get(label) ?? []
    waiting.delete(label)
    const replica = replicaOfLabel(tables, label)
    await tasks.room(1)
    for (let at = 0; at < keys.length && !isOver(); ) {
      const admitted = await canary.admit(replica, keys.length - at, isOver)
      const batch = keys.slice(at, at + admitted)
      at += admitted
      tasks.start(() => applyBatch(run, replica, batch))
    }
  }
  const size = Math.min(BATCH, settings.batchReadLimit)
  for await (const { replica, kind, key, masterKey, seen } of entries()) {
    planned.add(replica)
    if (isOver()) continue
    const keys = waiting.get(replica) ?? []
    waiting.set(replica, keys)
    keys.push({
      ...{ key: JSON.stringify(key), kind },
      ...(masterKey !== undefined && { masterKey: JSON.stringify(masterKey) }),
      ...(seen !== undefined && { seen }),
    })
    if (keys.length >= size) await send(replica)
  }
  for (const label of [...waiting.keys()]) await send(label)
  await tasks.end()
}

async function applyBatch(
  run: RunContext,
  replica: TableIndex,
  planned: readonly PlannedKey[],
): Promise<void> {
  const { canary, writeLog } = run
  const keys = planned.map(({ key }) => key)
  const taskNow = (): ApplyTask => {
    return { kind: 'apply', replica, keys: planned, intents: writeLog.ofKeys(replica, keys) }
  }
  const end = await carryOutKeys(run, { replica, keys: planned.length, taskNow })
  if (end === 'given-up') canary.lose(replica, planned.length)
  else canary.return(replica, planned.length)
}

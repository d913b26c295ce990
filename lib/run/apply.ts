/** A reviewed plan carried out: its keys to the workers, its deletions last. */
import type { Summary } from '../model/summary.ts'
import type { TableIndex } from '../model/table.ts'
import type { ApplyTask, PlannedKey } from '../protocol/messages.ts'
import { carryOutKeys, checkBooks, KeyCount } from './books.ts'
import { asksBeforeDeletions } from './consent.ts'
import { type Flight, fly, type Preparation } from './flight.ts'
import { Lanes } from './lanes.ts'
import type { ReviewedPlan } from './plan-file.ts'
import { recheckDuring } from './recheck.ts'
import { deleteAll } from './run.ts'
import { rulesOf } from './run-rules.ts'
import type { RunHooks } from './teller.ts'
import { tellWarnings } from './warnings.ts'

/** Keys in one task: few, so that no read grows old before its write. */
const BATCH = 25

export function runApply(
  preparation: Preparation,
  reviewed: ReviewedPlan,
  hooks: RunHooks,
  signal: AbortSignal,
): Promise<Summary> {
  return fly(preparation, hooks, signal, async (flight) => {
    const [master, ...replicas] = preparation.tables.inspected
    const { file, end } = reviewed
    const { dryRun } = preparation.settings
    hooks.onEvent({
      ...{ type: 'apply', dryRun, plan: file, master, replicas, keys: end.entries },
      asksBeforeDeletions: asksBeforeDeletions(preparation.settings, hooks),
      rules: rulesOf(preparation.settings),
    })
    tellWarnings(preparation, hooks)
    flight.tellPaces()
    const planned = new KeyCount()
    await recheckDuring(flight, applyAll(flight, reviewed, planned))
    checkBooks(flight, planned)
    await recheckDuring(flight, deleteAll(flight))
  })
}

async function applyAll(
  flight: Flight,
  { entries }: ReviewedPlan,
  planned: KeyCount,
): Promise<void> {
  const { settings, tables, isOver, canary } = flight
  const lanes = new Lanes(settings.parallel)
  const waiting = new Map<string, PlannedKey[]>()
  const send = async (label: string) => {
    const keys = waiting.get(label) ?? []
    waiting.delete(label)
    const replica = tables.access.findLast((table) => table.label === label)?.index as TableIndex
    await lanes.room(1)
    for (let at = 0; at < keys.length && !isOver(); ) {
      const admitted = await canary.admit(replica, keys.length - at, isOver)
      const batch = keys.slice(at, at + admitted)
      at += admitted
      lanes.start(() => applyBatch(flight, replica, batch))
    }
  }
  const size = Math.min(BATCH, settings.batchReadLimit)
  for await (const { replica, kind, key, seen } of entries()) {
    planned.add(replica)
    if (isOver()) continue
    const keys = waiting.get(replica) ?? []
    waiting.set(replica, keys)
    keys.push({ key: JSON.stringify(key), kind, ...(seen !== undefined && { seen }) })
    if (keys.length >= size) await send(replica)
  }
  for (const label of [...waiting.keys()]) await send(label)
  await lanes.end()
}

async function applyBatch(
  flight: Flight,
  replica: TableIndex,
  planned: readonly PlannedKey[],
): Promise<void> {
  const { canary, intents } = flight
  const keys = planned.map(({ key }) => key)
  const taskNow = (): ApplyTask => {
    return { kind: 'apply', replica, keys: planned, intents: intents.ofKeys(replica, keys) }
  }
  const end = await carryOutKeys(flight, { replica, keys: planned.length, taskNow })
  if (end === 'given-up') canary.lose(replica, planned.length)
  else canary.return(replica, planned.length)
}

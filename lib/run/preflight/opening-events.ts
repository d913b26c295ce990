/** What a comparison tells before it begins: its tables, its warnings, its plan. */
import type { RunEvent } from '../../model/events/events.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { Preparation } from '../run-context.ts'
import { asksBeforeDeletions } from '../safeguards/consent.ts'
import { rulesOf } from './rules-from-settings.ts'
import { segmentsToCompare } from './scan-plan.ts'
import { tellWarnings } from './warnings.ts'

/** @param keys how many keys are listed. Absent: the tables are scanned */
export function tellOpening(
  preparation: Preparation,
  listeners: RunListeners,
  keys?: number,
): void {
  const { runId, inspected } = preparation.tables
  const [master, ...replicas] = inspected
  listeners.onEvent({ type: 'tables', runId, master, replicas })
  tellWarnings(preparation, listeners)
  const asks = asksBeforeDeletions(preparation.settings, listeners)
  const plan = planEvent(preparation, asks)
  listeners.onEvent(
    keys === undefined ? { ...plan, ...expectedReads(preparation) } : { ...plan, keys },
  )
}

/** Eventually consistent reads take a unit for 8 KB (Developer Guide, "Read consistency"). */
const BYTES_PER_UNIT = 8192

function expectedReads({ settings, tables, plan }: Preparation): Pick<PlanEvent, 'expected'> {
  const share = segmentsToCompare(plan) / Math.max(plan.segments, 1)
  const perByte = (share * (settings.consistentRead ? 2 : 1)) / BYTES_PER_UNIT
  const scanned = tables.inspected.filter((_, index) => index === 0 || !plan.byLookup)
  const expected = scanned.flatMap(({ ref, facts }) => {
    const { approximateBytes = 0 } = facts
    // A size of zero is as likely six hours old as true.
    if (approximateBytes === 0) return []
    return [{ table: ref.label, readUnits: Math.ceil(approximateBytes * perByte) }]
  })
  return plan.startingKey === undefined && expected.length > 0 ? { expected } : {}
}

type Planned = Pick<Preparation, 'settings' | 'tables' | 'plan'>

type PlanEvent = RunEvent & { readonly type: 'plan' }

export function planEvent({ settings, plan }: Planned, asksBeforeDeletions: boolean): PlanEvent {
  const { strategy, parallel, write, ignore } = settings
  const { segments, part, sample, workers, startingKey } = plan
  return {
    type: 'plan',
    strategy,
    segments,
    ...(part !== undefined && { compared: part.length }),
    ...(sample !== undefined && { sample }),
    parallel: Math.min(parallel, segmentsToCompare(plan)),
    workers,
    writes: (['missing', 'differing', 'extra'] as const).filter((kind) => write[kind]),
    asksBeforeDeletions,
    ignore,
    rules: rulesOf(settings),
    ...(startingKey !== undefined && { startingKey }),
  }
}

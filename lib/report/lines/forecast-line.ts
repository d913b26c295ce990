/** How much a run will read, and for how long, said once at its start. */
import type { RunEvent } from '../../model/events/events.ts'
import { shortCount } from '../../model/figures.ts'
import { duration } from '../durations.ts'
import type { PlanEvent } from './opening-lines.ts'

type PaceEvent = RunEvent & { readonly type: 'pace' }

/** By the sizes that DescribeTable reports, which may be hours old. None: they are unknown. */
export function forecastLines({ expected = [] }: PlanEvent, { paces }: PaceEvent): string[] {
  if (expected.length === 0) return []
  const units = expected.reduce((sum, { readUnits }) => sum + readUnits, 0)
  const seconds = expected.flatMap(({ table, readUnits }) => {
    const pace = paces.find((one) => one.table === table && one.kind === 'read')
    const limit = pace?.unitsPerSecond ?? null
    return limit === null ? [] : [readUnits / limit]
  })
  const time =
    seconds.length === 0 ? '' : `, about ${duration(Math.max(...seconds) * 1000)} at this pace`
  return [`reads   about ${shortCount(units)} read units in all${time}`]
}

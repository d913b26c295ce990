/** Says in words what a run waits for, so that nobody has to guess. */

import type { Standstill } from '../../model/events/events.ts'
import { counted, rateText } from '../../model/figures.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { RateLimits } from '../rate/rate-limits.ts'
import type { RecheckQueue } from '../state/recheck-queue.ts'
import type { Watchdog } from '../threads/watchdog.ts'
import type { OutageWatch } from './outage-watch.ts'
import { standstillWords } from './standstill.ts'

/** A task that takes longer than this is mentioned. */
const LONG: Milliseconds = 3000

/** Most characters shown of a task: a key may have two kilobytes. */
const MOST_CHARACTERS = 120

export interface WaitingOptions {
  readonly rateLimits: Pick<RateLimits, 'isPaused' | 'flows'>
  readonly outages: Pick<OutageWatch, 'waitingFor'>
  readonly watchdog: Pick<Watchdog, 'longest'>
  readonly rechecks: Pick<RecheckQueue, 'size'>
  /** Whether something is compared, written or deleted now, beside what is rechecked. */
  readonly isWorking: () => boolean
}

/** Called with the keys that must stand still; undefined: none must, or others hold the run up. */
export function waitingOf({ rateLimits, outages, watchdog, rechecks, isWorking }: WaitingOptions) {
  return (standstill: Standstill | undefined): readonly string[] => {
    if (rateLimits.isPaused) return ['the control file to say resume']
    const flows = rateLimits.flows.flatMap((flow) => {
      const { table, kind, unitsPerSecond, isUsedUp, isThrottled } = flow
      if (isThrottled) return [`${table}, which throttles ${kind}s`]
      if (!isUsedUp || unitsPerSecond === null) return []
      return [`${kind} capacity of ${table}, ${rateText(unitsPerSecond, 1)} units/s`]
    })
    const { what, busy } = watchdog.longest() ?? { what: '', busy: 0 }
    const long =
      busy < LONG ? [] : [`${what.slice(0, MOST_CHARACTERS)}, for ${round(busy / 1000)} s`]
    const known = [...outages.waitingFor, ...flows, ...long]
    if (isWorking()) return known
    const due = rechecks.size - (standstill?.keys ?? 0)
    return [
      ...known,
      ...(standstill === undefined ? [] : [standstillWords(standstill)]),
      // They wait for a request; mostly another reason already explains that wait.
      ...(due > 0 && known.length === 0 ? [`${counted(due, 'key')} to be read again`] : []),
    ]
  }
}

const round = (value: number) => String(Math.round(value * 10) / 10)

/** What a run waits for, in words: whoever looks at it is never left to guess. */
import type { Milliseconds } from '../model/units.ts'
import type { OutageWatch } from './outage-watch.ts'
import type { PaceKeeper } from './pace-keeper.ts'
import type { RecheckQueue } from './recheck-queue.ts'
import type { Watchdog } from './watchdog.ts'

/** What takes longer is worth a word. */
const LONG: Milliseconds = 3000

/** A key may have two kilobytes. */
const MOST_CHARACTERS = 120

export interface WaitingOptions {
  readonly pace: PaceKeeper
  readonly outages: Pick<OutageWatch, 'waitingFor'>
  readonly watchdog: Watchdog
  readonly rechecks: RecheckQueue
  /** Whether something is compared, written or deleted now. */
  readonly isWorking: () => boolean
}

export function waitingOf({ pace, outages, watchdog, rechecks, isWorking }: WaitingOptions) {
  return (): readonly string[] => {
    if (pace.isPaused) return ['the control file to say resume']
    const flows = pace.flows.flatMap((flow) => {
      const { table, kind, unitsPerSecond, isUsedUp, isThrottled } = flow
      if (isThrottled) return [`${table}, which throttles ${kind}s`]
      if (!isUsedUp || unitsPerSecond === null) return []
      return [`${kind} capacity of ${table}, ${round(unitsPerSecond)} units/s`]
    })
    const { what, busy } = watchdog.longest() ?? { what: '', busy: 0 }
    const long =
      busy < LONG ? [] : [`${what.slice(0, MOST_CHARACTERS)}, for ${round(busy / 1000)} s`]
    const still =
      !isWorking() && rechecks.size > 0 ? [`${rechecks.size} keys to stand still long enough`] : []
    return [...outages.waitingFor, ...flows, ...long, ...still]
  }
}

const round = (value: number) => String(Math.round(value * 10) / 10)

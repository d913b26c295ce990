/** What a run waits for, in words: whoever looks at it is never left to guess. */
import type { Milliseconds } from '../model/units.ts'
import { Traffic } from '../protocol/traffic.ts'
import type { Tables } from './inspect.ts'
import type { PaceKeeper } from './pace-keeper.ts'
import type { RecheckQueue } from './recheck-queue.ts'

/** An answer that takes longer is worth a word. */
const LONG_ANSWER: Milliseconds = 3000

export interface WaitingOptions {
  readonly tables: Tables
  readonly traffic: SharedArrayBuffer
  readonly pace: PaceKeeper
  readonly rechecks: RecheckQueue
  /** Whether something is compared, written or deleted now. */
  readonly isWorking: () => boolean
}

export function waitingOf({ tables, traffic, pace, rechecks, isWorking }: WaitingOptions) {
  const shared = new Traffic(traffic)
  return (): readonly string[] => {
    if (pace.isPaused) return ['the control file to say resume']
    const flows = pace.flows.flatMap((flow) => {
      const { table, kind, unitsPerSecond, isWaitedFor, isThrottled } = flow
      if (isThrottled) return [`${table}, which throttles ${kind}s`]
      if (!isWaitedFor || unitsPerSecond === null) return []
      return [`${kind} capacity of ${table}, ${round(unitsPerSecond)} units/s`]
    })
    const silent = tables.access.flatMap(({ index, label }) => {
      const silence = shared.silence(index)
      return silence < LONG_ANSWER ? [] : [`an answer of ${label}, for ${round(silence / 1000)} s`]
    })
    const still =
      !isWorking() && rechecks.size > 0 ? [`${rechecks.size} keys to stand still long enough`] : []
    return [...flows, ...silent, ...still]
  }
}

const round = (value: number) => String(Math.round(value * 10) / 10)

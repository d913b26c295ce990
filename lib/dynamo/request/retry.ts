/**
 * The only loop that retries requests: full jitter over an exponential delay, and no token bucket.
 * The SDK's own strategy gives up after about a hundred throttled requests of a client, which a
 * bulk read has in seconds. So the SDK makes a single attempt here.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { TablesyncError } from '../../errors.ts'
import type { RequestTimeouts } from '../../model/request-timeouts.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Cutoff } from './cutoff.ts'
import type { Excused } from './inactivity-timeout.ts'
import { hasReachedNobody, isPassing, runEnds } from './request-errors.ts'

const LONGEST_DELAY: Milliseconds = 20_000

export function retryDelay(base: Milliseconds, retry: number): Milliseconds {
  return Math.floor(Math.random() * Math.min(base * 2 ** retry, LONGEST_DELAY))
}

/** A wait ends within this time once the run is ending. */
const SLICE: Milliseconds = 500

/**
 * Waits before the next try of a read.
 *
 * @throws TablesyncError with code `ENDED` if the run is ending
 * @throws the reason of the cutoff
 */
export async function rest(
  delay: Milliseconds,
  isEnding: () => boolean,
  cutoff?: Cutoff,
): Promise<void> {
  for (let left = delay; ; left -= SLICE) {
    if (isEnding()) throw runEnds('not tried again')
    if (left <= 0) return
    await sleep(Math.min(left, SLICE), undefined, { signal: cutoff?.signal })
  }
}

/** Waits before the next try of something. The wait is shorter if the run is ending. */
export async function pauseBeforeRetry(
  base: Milliseconds,
  retry: number,
  ending?: AbortSignal,
): Promise<void> {
  await sleep(retryDelay(base, retry), undefined, { signal: ending }).catch(() => {})
}

export type RetryLimits = Pick<
  RequestTimeouts,
  'maxRetries' | 'maxConnectRetries' | 'retryDelayBase'
>

export interface Retrying {
  /** Called with each wait before the next attempt. */
  readonly excused?: Excused
  readonly isEnding?: () => boolean
  /** False: only one attempt, since a second one must begin with fresh reads. @default true */
  readonly isRepeatable?: boolean
  /** Resolves to whether an attempt failed in an outage that is over: then it does not count. */
  readonly outlasts?: (error: TablesyncError) => Promise<boolean>
}

/**
 * @param attempt throws a TablesyncError, which says whether another attempt may help
 * @throws what the last attempt threw, the reason of the cutoff, or an error with code `ENDED`
 */
export async function retrying<T>(
  limits: RetryLimits,
  cutoff: Cutoff,
  attempt: () => Promise<T>,
  {
    excused = (waiting) => waiting,
    isEnding = () => false,
    isRepeatable = true,
    outlasts = async () => false,
  }: Retrying = {},
): Promise<T> {
  for (let retries = 0; ; ) {
    try {
      return await attempt()
    } catch (thrown) {
      cutoff.throwIfAborted()
      const error = thrown as TablesyncError
      const isOutlasted = await outlasts(error)
      const most = hasReachedNobody(error) ? limits.maxConnectRetries : limits.maxRetries
      const mayRetry = isOutlasted || (retries < most && isPassing(error))
      if (!isRepeatable || !mayRetry) throw error
      await excused(rest(retryDelay(limits.retryDelayBase, retries), isEnding, cutoff))
      if (!isOutlasted) retries++
    }
  }
}

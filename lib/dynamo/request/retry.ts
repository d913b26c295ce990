/**
 * The one loop in which requests are tried again: full jitter over an
 * exponential delay, and no token bucket. The SDK's own strategy gives up after
 * about a hundred throttled requests of a client, which a bulk read meets in
 * seconds; it makes a single attempt here.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { TablesyncError } from '../../errors.ts'
import type { RequestTimeouts } from '../../model/request-timeouts.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Excused } from './inactivity-timeout.ts'
import { hasReachedNobody, isPassing, runEnds } from './request-errors.ts'

const LONGEST_DELAY: Milliseconds = 20_000

export function retryDelay(base: Milliseconds, retry: number): Milliseconds {
  return Math.floor(Math.random() * Math.min(base * 2 ** retry, LONGEST_DELAY))
}

/** A wait goes no longer on than this once the run is to end. */
const SLICE: Milliseconds = 500

/**
 * Waits before the next try of a read.
 *
 * @throws TablesyncError with code `ENDED` where the run is to end
 * @throws the reason of the signal
 */
export async function rest(
  delay: Milliseconds,
  isEnding: () => boolean,
  signal?: AbortSignal,
): Promise<void> {
  for (let left = delay; ; left -= SLICE) {
    if (isEnding()) throw runEnds('not tried again')
    if (left <= 0) return
    await sleep(Math.min(left, SLICE), undefined, { signal })
  }
}

/** Waits before the next try of something; shorter where the run is to end. */
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
  /** Told of each wait for the next attempt. */
  readonly excused?: Excused
  readonly isEnding?: () => boolean
  /** False: one attempt is all, since a second one must begin with fresh reads. @default true */
  readonly isRepeatable?: boolean
  /** Settles when it is known whether an attempt failed in an outage, and that is over: then it does not count. */
  readonly outlasts?: (error: TablesyncError) => Promise<boolean>
}

/**
 * @param attempt throws a TablesyncError, which says whether another may help
 * @throws what the last attempt has thrown, or the reason of the signal; with code `ENDED` where there is to be no other
 */
export async function retrying<T>(
  limits: RetryLimits,
  signal: AbortSignal,
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
      signal.throwIfAborted()
      const error = thrown as TablesyncError
      const isOutlasted = await outlasts(error)
      const most = hasReachedNobody(error) ? limits.maxConnectRetries : limits.maxRetries
      const mayRetry = isOutlasted || (retries < most && isPassing(error))
      if (!isRepeatable || !mayRetry) throw error
      await excused(rest(retryDelay(limits.retryDelayBase, retries), isEnding, signal))
      if (!isOutlasted) retries++
    }
  }
}

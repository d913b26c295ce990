/**
 * How the SDK retries reads for us: full jitter over an exponential delay, and
 * no token bucket. The SDK's own strategy gives up after about a hundred
 * throttled requests of a client, which a bulk read meets in seconds.
 */
import type { RetryErrorInfo, RetryStrategyV2, RetryToken } from '@smithy/types'
import type { Patience } from '../model/patience.ts'
import type { Milliseconds } from '../model/units.ts'

const LONGEST_DELAY: Milliseconds = 20_000

export function retryDelay(base: Milliseconds, retry: number): Milliseconds {
  return Math.floor(Math.random() * Math.min(base * 2 ** retry, LONGEST_DELAY))
}

export type RetryLimits = Pick<Patience, 'maxRetries' | 'maxConnectRetries'>

/** Codes of requests that reached nobody. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPROTO',
])

export function bulkRetryStrategy(limits: RetryLimits, base: Milliseconds): RetryStrategyV2 {
  return {
    acquireInitialRetryToken: async () => retryToken(0, 0),
    refreshRetryTokenForRetry: async (token: RetryToken, { errorType, error }: RetryErrorInfo) => {
      const retries = token.getRetryCount()
      const isConnected = !NOT_CONNECTED.has(
        (error as NodeJS.ErrnoException | undefined)?.code ?? '',
      )
      const most = isConnected ? limits.maxRetries : limits.maxConnectRetries
      if (errorType === 'CLIENT_ERROR' || retries >= most) {
        throw error ?? new Error('no retries left')
      }
      return retryToken(retries + 1, retryDelay(base, retries))
    },
    recordSuccess: () => {},
  }
}

const retryToken = (count: number, delay: Milliseconds): RetryToken => ({
  getRetryCount: () => count,
  getRetryDelay: () => delay,
})

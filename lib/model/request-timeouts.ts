/** How long to wait for a table, and how often to ask it again. */
import type { Milliseconds } from './units.ts'

/**
 * A timer that rings later by so much has slept with its machine, or its thread
 * was held up: nobody else was silent. `limit`: of the silence that it is for.
 */
export const oversleptBy = (limit: Milliseconds): Milliseconds => Math.min(5000, limit / 2)

export interface RequestTimeouts {
  readonly connectTimeout: Milliseconds
  /** For the first byte of a response, and between any two. */
  readonly responseTimeout: Milliseconds
  /** After this long without a byte, retries included, a table is given up. */
  readonly silenceLimit: Milliseconds
  /** An endpoint that has answered and is out of reach is waited for so long; none of the other limits counts that time. 0: not at all. */
  readonly maxOutage: Milliseconds
  /** The longest that a task may make no progress, for whatever reason. */
  readonly stallLimit: Milliseconds
  readonly maxRetries: number
  /** For requests that did not so much as reach the table; at most `maxRetries`. */
  readonly maxConnectRetries: number
  readonly retryDelayBase: Milliseconds
}

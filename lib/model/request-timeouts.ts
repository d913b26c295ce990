/** How long to wait for a table, and how often to retry. */
import type { Milliseconds } from './units.ts'

/**
 * A timer that fires this late has slept with its machine, or its thread was held up: nobody else
 * was silent. `limit`: the silence that the timer allows.
 */
export const oversleptBy = (limit: Milliseconds): Milliseconds => Math.min(5000, limit / 2)

export interface RequestTimeouts {
  readonly connectTimeout: Milliseconds
  /** Until the first byte of a response, and between any two bytes. */
  readonly responseTimeout: Milliseconds
  /** After this long without a byte, retries included, a table is given up. */
  readonly silenceLimit: Milliseconds
  /** How long to wait for an endpoint that had answered; other limits pause. 0: not at all. */
  readonly maxOutage: Milliseconds
  /** The longest time that a task may make no progress, for whatever reason. */
  readonly stallLimit: Milliseconds
  readonly maxRetries: number
  /** For requests that did not even reach the table; at most `maxRetries`. */
  readonly maxConnectRetries: number
  readonly retryDelayBase: Milliseconds
}

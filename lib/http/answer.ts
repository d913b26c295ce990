/** An answer, and how long one is waited for. */
import type { Body } from '../item/bytes/response-body.ts'
import type { Milliseconds } from '../model/units.ts'

export interface Answer {
  readonly statusCode: number
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body
}

export interface ConnectionOptions {
  readonly connectTimeout: Milliseconds
  /** Longest silence before an answer, and between two reads of it. */
  readonly responseTimeout: Milliseconds
  /** Certificates to trust (PEM). Absent: those that Node.js trusts. */
  readonly trust?: string | undefined
  /** A connection that nobody has used for so long is closed. */
  readonly idleTimeout?: Milliseconds
  /** A connection that is older takes no further request: its name may stand for another address by now. */
  readonly oldestAge?: Milliseconds
  /** Called with everything that is heard. */
  readonly onHeard: () => void
}

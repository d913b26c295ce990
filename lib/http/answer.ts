/** An answer, and the time limits of a connection. */
import type { Body } from '../item/bytes/response-body.ts'
import type { Milliseconds } from '../model/units.ts'

export interface Answer {
  readonly statusCode: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body
}

export interface ConnectionOptions {
  readonly connectTimeout: Milliseconds
  /** Longest silence before an answer begins, and between two reads of it. */
  readonly responseTimeout: Milliseconds
  /** Certificates to trust (PEM). Absent: those that Node.js trusts. */
  readonly trust?: string | undefined
  /** A connection is closed when no request has used it for so long. */
  readonly idleTimeout?: Milliseconds
  /** An older connection takes no further request: its name may have another address by now. */
  readonly oldestAge?: Milliseconds
  /** Called whenever bytes arrive. */
  readonly onHeard: () => void
}

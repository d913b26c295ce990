/**
 * Counts writes to one table that were rejected for good, with no success in between. If the next
 * would meet the same, the work on the table ends.
 */
import { TablesyncError } from '../../lib/errors.ts'

/** After this many in a row for one reason, the next would fare no better. */
const MOST = 100

export class RejectionStreak {
  #reason: string | undefined
  #length = 0
  #landed = 0

  /** How many writes have succeeded. */
  get landedSoFar(): number {
    return this.#landed
  }

  landed(): void {
    this.#landed++
    this.#length = 0
  }

  /** Returns the error with what it ends: the item, or after many like it the work on the table. */
  rejected(error: TablesyncError): TablesyncError {
    const reason = reasonOf(error)
    this.#length = reason === this.#reason ? this.#length + 1 : 1
    this.#reason = reason
    if (this.#length < MOST) return error
    const { message, code, table, hint, cause } = error
    return new TablesyncError(
      `${message}; ${MOST} keys in a row failed like this, so work on this table stops`,
      { code, table, hint, cause, scope: 'table' },
    )
  }
}

/** Messages name keys and times: the name of an error tells its kind. */
function reasonOf({ code, cause }: TablesyncError): string {
  return `${code} ${(cause as { readonly name?: string } | undefined)?.name ?? ''}`
}

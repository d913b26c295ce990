/**
 * Writes to one table that were rejected for good, with none in between that
 * went through: where the next would meet the same, the work on the table ends.
 */
import { TablesyncError } from '../../lib/errors.ts'

/** So many in a row for one reason are enough to know that the next would fare no better. */
const MOST = 100

export class RejectionStreak {
  #reason: string | undefined
  #length = 0
  #landed = 0

  /** Writes that have gone through. */
  get landedSoFar(): number {
    return this.#landed
  }

  landed(): void {
    this.#landed++
    this.#length = 0
  }

  /** Returns what the rejection ends: its item, or with many like it the work on the table. */
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

/** Messages name keys and times: what an error is called tells its kind. */
function reasonOf({ code, cause }: TablesyncError): string {
  return `${code} ${(cause as { readonly name?: string } | undefined)?.name ?? ''}`
}

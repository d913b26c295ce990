/**
 * Keys that a table refuses, or says nothing of, one after the other. One of
 * them is that key's own trouble; so many in a row, and none answered in
 * between, are the table's.
 */
import { TablesyncError } from '../errors.ts'
import type { ItemOperation } from './request/operations.ts'

/** Keys in a row after which no more are tried. */
export const MOST_IN_A_ROW = 100

export class RefusedKeys {
  readonly #inARow = new Map<ItemOperation, number>()

  /** The table has done what it was asked for: the next refusal is the first again. */
  answered(operation: ItemOperation): void {
    if (this.#inARow.size > 0) this.#inARow.delete(operation)
  }

  /** The error as it ends its key alone; the last of too many in a row ends all work with the table. */
  refused(operation: ItemOperation, error: TablesyncError): TablesyncError {
    const inARow = (this.#inARow.get(operation) ?? 0) + 1
    this.#inARow.set(operation, inARow)
    const { message, code, table, cause } = error
    const isDenied = code === 'ACCESS_DENIED'
    if (inARow < MOST_IN_A_ROW) {
      const hint = isDenied ? `${error.hint} ${OTHERS_MAY_BE_ALLOWED}` : error.hint
      return new TablesyncError(message, { code, table, cause, hint, scope: 'item' })
    }
    const all = `${message}; so it was for ${MOST_IN_A_ROW} keys in a row, and for none otherwise`
    return new TablesyncError(all, { code, table, cause, hint: error.hint, scope: 'table' })
  }
}

export const OTHERS_MAY_BE_ALLOWED =
  'Other keys may be allowed: a policy may name leading keys (dynamodb:LeadingKeys). Allow these too, or run with a role that may use all keys.'

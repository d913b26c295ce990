/**
 * Counts keys in a row that a table refuses, or says nothing about. A single one is that key's own
 * trouble. So many in a row, with none answered in between, are the table's.
 */
import { TablesyncError } from '../errors.ts'
import type { ItemOperation } from './request/operations.ts'

/** After so many keys in a row, no more are tried. */
export const MOST_IN_A_ROW = 100

export class RefusedKeys {
  readonly #inARow = new Map<ItemOperation, number>()

  /** The table has done what it was asked for: the next refusal counts as the first. */
  answered(operation: ItemOperation): void {
    if (this.#inARow.size > 0) this.#inARow.delete(operation)
  }

  /** An error that ends only its key. The last of too many in a row ends all work on the table. */
  refused(operation: ItemOperation, error: TablesyncError): TablesyncError {
    const inARow = (this.#inARow.get(operation) ?? 0) + 1
    this.#inARow.set(operation, inARow)
    const { message, code, table, cause } = error
    const isDenied = code === 'ACCESS_DENIED'
    if (inARow < MOST_IN_A_ROW) {
      const hint = isDenied ? KEY_DENIED : error.hint
      return new TablesyncError(message, { code, table, cause, hint, scope: 'item' })
    }
    const all = `${message}; ${MOST_IN_A_ROW} keys in a row failed like this, so work on this table stops`
    return new TablesyncError(all, { code, table, cause, hint: error.hint, scope: 'table' })
  }
}

export const KEY_DENIED =
  'In the IAM policy, allow this for the key (other keys may be allowed: dynamodb:LeadingKeys), or use a role for all keys. See docs/permissions.md.'

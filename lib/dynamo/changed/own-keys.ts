/** A replica of a run that changes keys: its requests have its own keys, without the master's. */
import { withoutOrigin } from '../../item/key-origin.ts'
import type { WritableTable } from '../item-table.ts'

export function underOwnKeys(table: WritableTable): WritableTable {
  const { write, lookUp } = table
  return {
    ...table,
    lookUp: (keys, options) => lookUp(keys.map(withoutOrigin), options),
    write: {
      put: write.put,
      update: (key, expression) => write.update(withoutOrigin(key), expression),
      delete: (key, expression) => write.delete(withoutOrigin(key), expression),
    },
  }
}

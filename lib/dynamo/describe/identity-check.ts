/** Asks again during a run whether a table is still the same one. */
import type { TableIdentity } from '../../model/tables/table-identity.ts'
import { type Described, type DescriberOptions, openDescriber } from './describer.ts'

export interface Identifier {
  /** @throws TablesyncError if the table cannot be asked; `TABLE_NOT_FOUND` if it does not exist */
  identify(): Promise<TableIdentity>
  close(): void
}

/** Keeps its connection, because some runs ask often. */
export function openIdentifier(access: Described, options: DescriberOptions): Identifier {
  const describer = openDescriber(access, options)
  return {
    async identify() {
      const table = await describer.describe()
      return {
        tableId: table?.TableId,
        createdAt: table?.CreationDateTime?.toISOString(),
        isBeingDeleted: table?.TableStatus === 'DELETING',
      }
    },
    close: () => describer.close(),
  }
}

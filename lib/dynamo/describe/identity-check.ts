/** Whether a table is still the one that it was: asked again while a run goes on. */
import type { TableIdentity } from '../../model/tables/table-identity.ts'
import { type Described, type DescriberOptions, openDescriber } from './describer.ts'

export interface Identifier {
  /** @throws TablesyncError where the table cannot be asked, with code `TABLE_NOT_FOUND` where there is none */
  identify(): Promise<TableIdentity>
  close(): void
}

/** Its connection is kept: some runs ask often. */
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

/** A table as a file records it, so that the file is only used with the same table. */
import { type InspectedTable, type KeySchema, shownEndpoint } from '../tables/table.ts'

export interface RecordedTable {
  /** Absent: the service did not say. */
  readonly tableId?: string
  /** ISO 8601. Absent: the service did not say, or the release of the file did not ask. */
  readonly createdAt?: string
  readonly endpoint?: string
  readonly keySchema: KeySchema
}

export function recorded({ ref, facts }: InspectedTable): RecordedTable {
  return {
    ...(facts.tableId !== undefined && { tableId: facts.tableId }),
    ...(facts.createdAt !== undefined && { createdAt: facts.createdAt }),
    ...(ref.endpoint !== undefined && { endpoint: shownEndpoint(ref.endpoint) }),
    keySchema: facts.keySchema,
  }
}

/** A table as a file remembers it, so that it is only used on the same one. */
import { type InspectedTable, type KeySchema, shownEndpoint } from '../tables/table.ts'

export interface RecordedTable {
  /** Absent: the service did not tell. */
  readonly tableId?: string
  /** ISO 8601. Absent: the service did not tell, or the file is of a release that did not ask. */
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

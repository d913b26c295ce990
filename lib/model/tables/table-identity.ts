/** What distinguishes a table from another that was created under its name. */

export interface TableIdentity {
  readonly tableId: string | undefined
  /** When it was created: ISO 8601, in milliseconds. */
  readonly createdAt: string | undefined
  readonly isBeingDeleted?: boolean
}

/**
 * Whether both are known to be different tables. If both have an id, the ids decide: some engines
 * (Alternator) report the time of the request as the time of the table's creation.
 */
export function isAnotherTable(one: TableIdentity, other: TableIdentity): boolean {
  if (one.tableId !== undefined && other.tableId !== undefined) {
    return one.tableId !== other.tableId
  }
  if (one.createdAt === undefined || other.createdAt === undefined) return false
  return one.createdAt !== other.createdAt
}

/** The identity in words, for people. */
export function describeIdentity({ tableId, createdAt }: TableIdentity): string {
  if (tableId !== undefined) return `the id ${tableId}`
  return createdAt === undefined ? 'no id' : `the creation time ${createdAt}`
}

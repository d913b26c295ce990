/** What tells a table from another one that was made under its name. */

export interface TableIdentity {
  readonly tableId: string | undefined
  /** When it was made: ISO 8601, in milliseconds. */
  readonly createdAt: string | undefined
  readonly isBeingDeleted?: boolean
}

/**
 * Whether both are known to be different tables. The id decides where both have one: some engines
 * (Alternator) give the time of the question for that of the table's creation.
 */
export function isAnotherTable(one: TableIdentity, other: TableIdentity): boolean {
  if (one.tableId !== undefined && other.tableId !== undefined) {
    return one.tableId !== other.tableId
  }
  if (one.createdAt === undefined || other.createdAt === undefined) return false
  return one.createdAt !== other.createdAt
}

/** For people. */
export function describeIdentity({ tableId, createdAt }: TableIdentity): string {
  if (tableId !== undefined) return `the id ${tableId}`
  return createdAt === undefined ? 'no id' : `the creation time ${createdAt}`
}

/** Decides whether two tables of a run are one: by id if engines give ids, else by name and ARN. */
import { isDeepStrictEqual } from 'node:util'
import type { DescribedFacts } from '../../dynamo/describe/description.ts'
import { TablesyncError } from '../../errors.ts'
import { placeOf } from '../../model/tables/endpoint-kind.ts'
import type { TableRef } from '../../model/tables/table.ts'
import type { TableSettings } from '../../options/groups/table-options.ts'

export interface KnownTable {
  readonly ref: TableRef
  readonly facts: Pick<DescribedFacts, 'tableId' | 'arn'>
  /** The credentials chosen for its requests. */
  readonly credentials: unknown
}

/** The tables in their order. A replica without its own credentials uses the master's. */
export function knownTables(
  tables: readonly TableSettings[],
  facts: readonly KnownTable['facts'][],
): readonly KnownTable[] {
  return tables.flatMap(({ ref, credentials = tables[0]?.credentials }, index) => {
    const its = facts[index]
    return its === undefined ? [] : { ref, facts: its, credentials }
  })
}

export interface Pair {
  readonly one: KnownTable
  readonly other: KnownTable
}

/** @throws TablesyncError with code `SAME_TABLE` */
export function refuseSameTable(tables: readonly KnownTable[]): void {
  const pair = pairsOf(tables).find((each) => likeness(each) === 'same')
  if (pair === undefined) return
  const what = pair.one === tables[0] ? 'master and replica' : 'replicas'
  throw new TablesyncError(
    `Expected ${what} to be different tables, got one table as ${pair.one.ref.label} and ${pair.other.ref.label}`,
    { code: 'SAME_TABLE', scope: 'run', hint: 'Name two different tables.' },
  )
}

/** Pairs that may be one table or two. */
export const doubtfulPairs = (tables: readonly KnownTable[]): readonly Pair[] =>
  pairsOf(tables).filter((pair) => likeness(pair) === 'doubtful')

function pairsOf(tables: readonly KnownTable[]): Pair[] {
  return tables.flatMap((one, at) => tables.slice(at + 1).map((other) => ({ one, other })))
}

function likeness({ one, other }: Pair): 'same' | 'doubtful' | 'different' {
  const [a, b] = [one.ref, other.ref]
  const isCustom = a.endpoint !== undefined || b.endpoint !== undefined
  if (isCustom && placeOf(a.endpoint) !== placeOf(b.endpoint)) return 'different'
  const [id, otherId] = [one.facts.tableId, other.facts.tableId]
  // Some emulators keep one table for all regions; its id shows that.
  if (id !== undefined && otherId !== undefined) {
    return id === otherId && (isCustom || a.region === b.region) ? 'same' : 'different'
  }
  const [arn, otherArn] = [one.facts.arn, other.facts.arn]
  const isSameArn = arn !== undefined && arn === otherArn
  // DynamoDB Local without -sharedDb keeps a table for each region and access key, under one ARN.
  if (a.region !== b.region || a.name !== b.name) return isSameArn ? 'doubtful' : 'different'
  const hasOtherArn = arn !== undefined && otherArn !== undefined && !isSameArn
  if (hasOtherArn || (!isSameArn && a.account !== b.account)) return 'different'
  const isSameAccess = isDeepStrictEqual(one.credentials, other.credentials)
  return isCustom && !isSameAccess ? 'doubtful' : 'same'
}

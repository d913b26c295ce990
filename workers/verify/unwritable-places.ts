/** Differences that no write could end without touching what is not compared. */
import { obstacleTo } from '../../lib/dynamo/update-expression.ts'
import { TablesyncError } from '../../lib/errors.ts'
import { parseItem } from '../../lib/item/compare.ts'
import type { TableIndex } from '../../lib/model/tables/table.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { conflict, type RepairEnding } from './ending.ts'
import type { BothSides } from './sides.ts'

/** Why the replica's item is left, where both sides have one. Undefined: it may be updated. */
export function conflictOfPlaces(
  { thread, replica: table }: ReplicaTask,
  { master, replica }: BothSides,
): RepairEnding | undefined {
  if (thread.shape.compared.isFlat || master === undefined || replica === undefined)
    return undefined
  const [wanted, seen] = [master, replica].map(({ page, item }) => parseItem(page, item))
  if (wanted === undefined || seen === undefined) return undefined
  const obstacle = obstacleTo(wanted, seen, thread.shape)
  return obstacle === undefined ? undefined : left(obstacle, table, 'Change this item yourself.')
}

/** A put brings all that the master has, a deletion takes all that the replica has. */
export const notWhole = (what: 'put' | 'taken back', table: TableIndex): RepairEnding =>
  left(
    `it may not be ${what}, since parts of items are not compared`,
    table,
    what === 'put'
      ? 'To put items with what is not compared, use --missing-items whole.'
      : 'To delete it with what is not compared, use --delete-extra.',
  )

const left = (message: string, table: TableIndex, hint: string): RepairEnding =>
  conflict(new TablesyncError(message, { code: 'CONFLICT', scope: 'item', table, hint }))

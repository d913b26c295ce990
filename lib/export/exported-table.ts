/** Whether a table is the one that was exported, and what says when its items expire. */
import { TablesyncError, usageError } from '../errors.ts'
import { whereIs } from '../model/tables/endpoint-kind.ts'
import type { InspectedTable } from '../model/tables/table.ts'
import type { Spelling } from '../options/option.ts'
import type { ExportManifest } from './manifest.ts'

/**
 * @param sameTableAs the ARN of the exported table, given by whoever knows that it was restored
 * @throws TablesyncError with code `TABLE_CHANGED` where it is another table
 */
export function refuseOtherExport(
  { of, tableId }: ExportManifest,
  { ref, facts }: InspectedTable,
  sameTableAs: string | undefined,
  spelling: Spelling,
): void {
  const flag = spelling('sameTableAs')
  if (sameTableAs !== undefined) {
    if (sameTableAs === of.tableArn) return
    throw usageError(
      `Expected \`${flag}\` to be the ARN of the exported table, ${of.tableArn}, got ${sameTableAs}`,
      'Check that this is the export that you mean.',
    )
  }
  if (facts.tableId === tableId) return
  throw new TablesyncError(
    `Expected ${ref.label} to have the exported table's id ${tableId}, got ${facts.tableId ?? 'none'}`,
    {
      code: 'TABLE_CHANGED',
      scope: 'run',
      hint: `If it is that table, restored, say so: \`${flag} ${of.tableArn}\`.`,
    },
  )
}

/**
 * Undefined: items do not expire.
 *
 * @throws TablesyncError with code `USAGE` where nobody can know
 */
export function ttlAttributeOf(
  { ref, facts }: InspectedTable,
  spelling: Spelling,
): string | undefined {
  const { ttlAttribute } = facts
  if (ttlAttribute !== undefined) return ttlAttribute ?? undefined
  // Emulators that do not know the operation delete no item by its time.
  if (whereIs(ref.endpoint) !== 'aws') return undefined
  throw usageError(
    `Cannot learn which attribute of ${ref.label} says when an item expires`,
    `Allow dynamodb:DescribeTimeToLive, or give \`${spelling('withExpired')}\`.`,
  )
}

/** Whether the status of a table allows to use it. */
import { TablesyncError } from '../../errors.ts'
import type { Described } from './describer.ts'

/** A table answers in these (API reference, TableDescription); some engines report no status. */
const READY = new Set([undefined, 'ACTIVE', 'UPDATING'])

const HINTS = new Map([
  ['CREATING', 'Wait until it is made, then run again.'],
  ['DELETING', 'Somebody is deleting it. Check the name of the table.'],
  [
    'ARCHIVING',
    'The KMS key of the table could not be used for a week. Once the table is archived, restore it from the backup that is made of it.',
  ],
  [
    'ARCHIVED',
    'The KMS key of the table could not be used for a week. Restore the table from the backup that was made of it.',
  ],
  [
    'INACCESSIBLE_ENCRYPTION_CREDENTIALS',
    'Its KMS key cannot be used. Check that the key is enabled, and its policy and grants.',
  ],
])

/** @throws TablesyncError with code `TABLE_NOT_READY` */
export function refuseUnready(
  { label, index }: Pick<Described, 'label' | 'index'>,
  status: string | undefined,
): void {
  if (READY.has(status)) return
  throw new TablesyncError(`Expected ${label} to be ACTIVE or UPDATING, got ${status}`, {
    code: 'TABLE_NOT_READY',
    scope: 'run',
    table: index,
    hint: HINTS.get(status ?? '') ?? 'Wait until its status is ACTIVE, then run again.',
  })
}

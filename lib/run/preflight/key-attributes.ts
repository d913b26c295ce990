/** Refuses to ignore key attributes: they are always compared, since items are matched by them. */
import { usageError } from '../../errors.ts'
import { describeKey } from '../../model/tables/table.ts'
import type { Spelling } from '../../options/option.ts'
import type { Settings } from '../../options/settings.ts'
import type { Tables } from '../tables/table-inspection.ts'

/** @throws TablesyncError with code `USAGE` if a key attribute is to be ignored */
export function refuseIgnoredKeys(
  { ignore }: Settings,
  { inspected }: Tables,
  spelling: Spelling,
): void {
  const [{ facts }] = inspected
  const ignored = facts.keySchema.find(({ name }) => ignore.includes(name))
  if (ignored === undefined) return
  throw usageError(
    `Expected \`${spelling('ignore')}\` to name attributes beside the key, got ${JSON.stringify(ignored.name)} of the key ${describeKey(facts.keySchema)}`,
    'Remove it there: items are matched by their key, so no part of it can differ.',
  )
}

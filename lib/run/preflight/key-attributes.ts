/** Refuses paths of key attributes: those are always compared, since items are matched by them. */
import { usageError } from '../../errors.ts'
import { stepsOf } from '../../item/path.ts'
import { describeKey } from '../../model/tables/table.ts'
import type { Spelling } from '../../options/option.ts'
import type { Settings } from '../../options/settings.ts'
import type { Tables } from '../tables/table-inspection.ts'

/** @throws TablesyncError with code `USAGE` if a path begins with a part of the key */
export function refuseIgnoredKeys(
  { ignore, only }: Pick<Settings, 'ignore' | 'only'>,
  { inspected }: Tables,
  spelling: Spelling,
): void {
  const [{ facts }] = inspected
  const paths = only.length > 0 ? only : ignore
  const named = new Set(paths.map((path) => stepsOf(path)?.[0]))
  const part = facts.keySchema.find(({ name }) => named.has(name))
  if (part === undefined) return
  const option = spelling(only.length > 0 ? 'only' : 'ignore')
  throw usageError(
    `Expected \`${option}\` to name attributes beside the key, got ${JSON.stringify(part.name)} of the key ${describeKey(facts.keySchema)}`,
    'Remove it there: items are matched by their key, so no part of it can differ.',
  )
}

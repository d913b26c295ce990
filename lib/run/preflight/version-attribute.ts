/** Refuses a key attribute as version attribute: the key of an item never changes. */
import { usageError } from '../../errors.ts'
import type { KeySchema } from '../../model/tables/table.ts'
import type { Settings } from '../../options/settings.ts'

/**
 * @throws TablesyncError with code `USAGE` if the version attribute is part of the key: a condition
 * on it would hold no matter what others have written
 */
export function refuseKeyAsVersion(
  { versionAttribute }: Pick<Settings, 'versionAttribute'>,
  schema: KeySchema,
): void {
  const part = schema.findIndex(({ name }) => name === versionAttribute)
  if (part < 0) return
  const which = part === 0 ? 'partition key' : 'sort key'
  throw usageError(
    `Expected the version attribute to be no part of the key, got "${versionAttribute}", the ${which}`,
    'A version grows with each change of an item; a key never changes. Name another attribute, or none: then all attributes are compared.',
  )
}

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
    `The version attribute "${versionAttribute}" is the ${which}, and a key never changes`,
    'Name one that grows with each change, or leave the option out.',
  )
}

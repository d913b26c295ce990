/** Options as somebody gave them, each under its present name. */
import { usageError } from '../errors.ts'
import { OPTIONS } from './groups/all-options.ts'
import type { Group } from './option.ts'
import { ownOptions } from './own-options.ts'

/** @throws TablesyncError with code `USAGE` where an option comes by its old name too, or is no plain object */
export function currentOptions<T extends object>(given: T): T {
  const own = ownOptions(given) as Record<string, unknown>
  for (const [name, { formerly }] of Object.entries(OPTIONS as Group)) {
    if (formerly === undefined || own[formerly] === undefined) continue
    if (own[name] !== undefined) {
      throw usageError(
        `Expected \`${name}\` alone, got its old name \`${formerly}\` too`,
        `Leave \`${formerly}\` out.`,
      )
    }
    own[name] = own[formerly]
    delete own[formerly]
  }
  return own as T
}

/**
 * Outside to trusted: checks what came and fills in what did not. A refusal
 * says what was expected, what came, and under which name the user knows it.
 */
import { checkOptions } from './check.ts'
import { currentOptions } from './current-options.ts'
import { resolveConnection } from './groups/connection-options.ts'
import { resolveCreation } from './groups/create-options.ts'
import { resolveFiles } from './groups/file-options.ts'
import { resolveFilter } from './groups/items/filter-options.ts'
import { resolveKeys } from './groups/items/key-options.ts'
import { resolveMasks } from './groups/items/mask-options.ts'
import { resolvePart } from './groups/items/part-options.ts'
import { resolvePace } from './groups/pace-options.ts'
import { resolvePasses } from './groups/pass-options.ts'
import { resolvePlaces } from './groups/place-options.ts'
import { resolveRecheck } from './groups/recheck-options.ts'
import { resolveRepair } from './groups/repair-options.ts'
import { resolveResume } from './groups/resume-options.ts'
import { resolveSafeguards } from './groups/safeguard-options.ts'
import { resolveScan } from './groups/scan-options.ts'
import { resolveTables } from './groups/table-options.ts'
import type { Spelling } from './option.ts'
import type { RunOptions } from './run-options.ts'
import type { Settings } from './settings.ts'

/** @param tablesFrom the file that names the tables with their endpoints. Absent: the options do */
export function resolveOptions(
  given: RunOptions,
  spelling: Spelling,
  tablesFrom?: string,
): Settings {
  const options = currentOptions(given)
  checkOptions(options, spelling)
  const tables = resolveTables(options, spelling, tablesFrom)
  const places = resolvePlaces(options, spelling)
  const repair = resolveRepair(options, places, spelling)
  return Object.freeze({
    ...tables,
    ...places,
    ...repair,
    ...resolveCreation(options, spelling),
    ...resolveSafeguards(options, repair.dryRun, spelling),
    ...resolveRecheck(options),
    ...resolveFiles(options, repair.asked, spelling),
    ...resolveKeys(options, spelling),
    ...resolveScan(options, spelling),
    ...resolveFilter(options, spelling),
    ...resolvePart(options, spelling),
    ...resolveMasks(options, spelling),
    ...resolveConnection(options, spelling),
    ...resolveResume(options, spelling),
    ...resolvePasses(options, spelling),
    ...resolvePace(options),
  })
}

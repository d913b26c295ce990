/** Options in, result out: what the command and `runSync` have in common. */

import type { Summary } from '../model/results/summary.ts'
import { newRunIdentity } from '../model/run-identity.ts'
import { currentOptions } from '../options/current-options.ts'
import { refuseUnconsented } from '../options/groups/create-options.ts'
import { refuseBesideFilter } from '../options/groups/items/filter-options.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { RunOptions } from '../options/run-options.ts'
import { withLiteralIgnore } from '../run/checkpoint/literal-ignore.ts'
import { checkFiles } from './begin-run.ts'
import type { Caller } from './caller.ts'
import { compare } from './comparison.ts'
import { scopeOf } from './part-of-tables.ts'
import { withMetrics } from './with-metrics.ts'

/**
 * @throws TablesyncError where the options or the tables are not fit for a run; nothing was done then
 * @throws whatever a listener throws; the run stops after in-flight pages first
 */
export async function sync(given: RunOptions, caller: Caller): Promise<Summary> {
  const { spelling, identity = newRunIdentity() } = caller
  const options = await withLiteralIgnore(currentOptions(given))
  const resolved = resolveOptions(options, spelling)
  refuseBesideFilter(options, spelling)
  refuseUnconsented(options, { isAsked: options.confirm !== undefined }, spelling)
  const settings = await checkFiles(options, resolved, caller)
  const metered = { command: 'sync', settings, identity, caller } as const
  const scope = await scopeOf(settings, spelling)
  return withMetrics(metered, options, (heard) => compare(heard, metered, scope))
}

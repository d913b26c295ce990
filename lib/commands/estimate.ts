/** What `--estimate` does: says what the run of the same flags would take, and writes nothing. */
import { usageError } from '../errors.ts'
import { readPrices } from '../files/prices-file.ts'
import { refuseUnwritable } from '../files/writable-file.ts'
import type { Estimate } from '../model/results/estimated-run.ts'
import { newRunIdentity } from '../model/run-identity.ts'
import { currentOptions } from '../options/current-options.ts'
import { namedFiles } from '../options/named-files.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { RunOptions } from '../options/run-options.ts'
import type { Settings } from '../options/settings.ts'
import { estimateTables } from '../run/estimate/estimate-tables.ts'
import { policiesOf } from '../run/estimate/iam-policies.ts'
import { refuseIgnoredKeys } from '../run/preflight/key-attributes.ts'
import { planRun } from '../run/preflight/scan-plan.ts'
import { refuseUnopenable } from '../run/records/refusals.ts'
import { inspectTables } from '../run/tables/table-inspection.ts'
import { checkFiles } from './begin-run.ts'
import type { Caller } from './caller.ts'
import { repairByReport } from './repair-by-report.ts'

/** Files that say more. */
export interface Known {
  /** A report of an earlier run, which says what the repair would take. */
  readonly report: string | undefined
  readonly prices: string | undefined
}

/** Settings that `--estimate` refuses: the name in the message, and what the user can do. */
const NOT_ESTIMATED: readonly (readonly [keyof Settings, name: string, hint: string])[] = [
  [
    'filter',
    'a filter',
    'Leave it out: the estimate is of all items. A scan with a filter takes as many read units.',
  ],
  ['first', '`--first`', 'Leave it out: the estimate is of all items.'],
  [
    'sample',
    '`--sample`',
    'Leave `--sample` out: the estimate is of all items. A sample of 1% takes about a hundredth.',
  ],
  ['segmentsOf', '`--segments-of`', 'Leave `--segments-of` out: the estimate is of all segments.'],
  [
    'passes',
    '`--until-in-sync`',
    'Leave `--until-in-sync` out: the estimate is of one pass, and nobody knows how many it takes.',
  ],
  [
    'creation',
    '`--create-replica`',
    'A table that does not exist has no sample. --dry-run says what would be made.',
  ],
  ['keyList', 'a list of keys', 'Each listed key takes a read unit or two on each side.'],
]

function refuseNotEstimated(settings: Settings): void {
  const other = NOT_ESTIMATED.find(([setting]) => settings[setting] !== undefined)
  if (other === undefined) return
  const [, name, hint] = other
  throw usageError(`Expected \`--estimate\` without ${name}, got both`, hint)
}

/**
 * @throws TablesyncError where the options, the report or the tables are not fit
 */
export async function estimate(given: RunOptions, caller: Caller, known: Known): Promise<Estimate> {
  const { spelling, identity = newRunIdentity() } = caller
  const options = currentOptions(given)
  const settings = resolveOptions(options, spelling)
  refuseNotEstimated(settings)
  const { change } = await checkFiles(options, settings, caller)
  if (change !== undefined) {
    throw usageError(
      'Expected `--estimate` without masks and without the hook transform, got both',
      'Leave them out: a scan takes as many read units with them.',
    )
  }
  const { report } = options
  if (report !== undefined && report !== '-') {
    await refuseUnwritable({ file: report, what: 'the report' }, 'report')
  }
  const prices =
    known.prices === undefined
      ? undefined
      : await readPrices(known.prices, namedFiles(options, spelling))
  const repair =
    known.report === undefined ? undefined : await repairByReport(known.report, settings)
  const over = new AbortController()
  const signal = given.signal ?? over.signal
  try {
    const tables = await inspectTables(settings, { ...identity, signal, over: over.signal })
    refuseIgnoredKeys(settings, tables, spelling)
    await refuseUnopenable(settings, tables)
    const plan = planRun(settings, tables)
    const estimated = await estimateTables(settings, tables, { plan, signal, known: repair })
    const policies = policiesOf(settings, tables)
    return { ...estimated, policies, ...(prices !== undefined && { prices }) }
  } finally {
    over.abort()
  }
}

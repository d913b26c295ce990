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

/** What has no estimate: how it is told beside one, and what to do. */
const NOT_ESTIMATED: readonly {
  readonly isGiven: (settings: Settings) => boolean
  readonly what: string
  readonly hint: string
}[] = [
  {
    isGiven: ({ filter }) => filter !== undefined,
    what: 'a filter',
    hint: 'Leave it out: the estimate is of all items. A scan with a filter takes as many read units.',
  },
  {
    isGiven: ({ first }) => first !== undefined,
    what: '`--first`',
    hint: 'Leave it out: the estimate is of all items.',
  },
  {
    isGiven: ({ sample }) => sample !== undefined,
    what: '`--sample`',
    hint: 'Leave `--sample` out: the estimate is of all items. A sample of 1% takes about a hundredth.',
  },
  {
    isGiven: ({ segmentsOf }) => segmentsOf !== undefined,
    what: '`--segments-of`',
    hint: 'Leave `--segments-of` out: the estimate is of all segments.',
  },
  {
    isGiven: ({ passes }) => passes !== undefined,
    what: '`--until-in-sync`',
    hint: 'Leave `--until-in-sync` out: the estimate is of one pass, and nobody knows how many it takes.',
  },
  {
    isGiven: ({ creation }) => creation !== undefined,
    what: '`--create-replica`',
    hint: 'A table that does not exist has no sample. --dry-run says what would be made.',
  },
  {
    isGiven: ({ keyList }) => keyList !== undefined,
    what: 'a list of keys',
    hint: 'Each listed key takes a read unit or two on each side.',
  },
]

function refuseNotEstimated(settings: Settings): void {
  const other = NOT_ESTIMATED.find(({ isGiven }) => isGiven(settings))
  if (other === undefined) return
  throw usageError(`Expected \`--estimate\` without ${other.what}, got both`, other.hint)
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

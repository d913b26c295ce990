/** What the repair of two tables would write, by the report of an earlier run. */
import { usageError } from '../errors.ts'
import type { FileEnd } from '../files/lines/checked-file.ts'
import type { RepairRange } from '../model/results/estimated-run.ts'
import type { Settings } from '../options/settings.ts'
import { TotalsOfLines } from '../show/file-totals.ts'
import { footerOf, openShown, type ShownFile } from '../show/shown-file.ts'

/** Of an item whose size the report does not have: 400 KB is the largest that there is. */
const MOST_UNITS = 400

/**
 * @throws TablesyncError with code `USAGE` where it is no report of these tables, or its run did not
 * see everything
 */
export async function repairByReport(file: string, settings: Settings): Promise<RepairRange> {
  const totals = new TotalsOfLines()
  const shown = await openShown(file)
  refuseOtherTables(shown, settings)
  let outcome: string | undefined
  const onEnd = (end: FileEnd) => {
    outcome = footerOf(end)?.end
  }
  for await (const line of shown.lines(onEnd)) totals.add(line)
  if (outcome !== 'in-sync' && outcome !== 'different') {
    const ended = outcome === undefined ? 'one without an end' : `one that ended ${outcome}`
    throw notOfThis(file, `to be of a run that saw everything, got ${ended}`)
  }
  const { writeUnits, unsized } = totals
  return {
    least: writeUnits + unsized,
    most: writeUnits + unsized * MOST_UNITS,
    isKnown: true,
  }
}

function refuseOtherTables({ file, header }: ShownFile, { master, replicas }: Settings): void {
  if (header.tablesync !== 'report') throw notOfThis(file, 'to be a report, got another file')
  const { filterExpression, first } = header.options ?? {}
  if (filterExpression !== undefined || first !== undefined) {
    const what = first === undefined ? 'with a filter' : 'of the first items'
    throw notOfThis(file, `to be of a run of all items, got one ${what}`)
  }
  const listed = [header.master?.label ?? '', ...Object.keys(header.tables).sort()].join(', ')
  const labels = replicas.map(({ ref }) => ref.label).sort()
  const asked = [master.ref.label, ...labels].join(', ')
  if (listed !== asked) throw notOfThis(file, `to be of ${asked}, got one of ${listed}`)
}

const notOfThis = (file: string, expected: string) =>
  usageError(`Expected ${file} ${expected}`, 'Name the report of an earlier run of these tables.')

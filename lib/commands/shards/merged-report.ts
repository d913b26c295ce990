/** The reports of all shards as one, and what is learnt from their lines. */
import { join } from 'node:path'
import { type CheckedFile, type FileEnd, valuesOf } from '../../files/lines/checked-file.ts'
import type { Difference } from '../../model/difference.ts'
import type { FileFooter } from '../../model/files/header-and-footer.ts'
import type { Summary } from '../../model/results/summary.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import { FirstDifferences } from '../../page/first-differences.ts'
import { openReport } from '../../report/difference-report.ts'
import { HeatCells, isHeat } from '../../report/heat-cells.ts'
import { openReportStream } from '../../report/report-stream.ts'
import { footerOf } from '../../run/records/frame-lines.ts'
import type { CommittedShard } from '../../shards/known-commits.ts'
import { NAMES } from '../../shards/shard-paths.ts'
import type { Caller } from '../caller.ts'
import type { MergedRun } from './merged-run.ts'

export interface MergedReport {
  readonly changed: ReadonlyMap<TableIndex, ReadonlyMap<string, number>>
  readonly differences: FirstDifferences
  readonly heat: HeatCells
  /** Writes the footer. */
  end(summary: Summary): Promise<void>
}

interface Asked {
  /** `-` is standard output. Undefined: no report is asked for. */
  readonly file: string | undefined
  readonly print: Caller['print'] | undefined
}

/** @throws TablesyncError with code `FILE_UNWRITABLE`, or `USAGE` where a report is damaged */
export async function mergedReport(
  { labels, header, plan }: MergedRun,
  shards: readonly CommittedShard[],
  { file, print }: Asked,
): Promise<MergedReport> {
  const report =
    file === undefined
      ? undefined
      : file === '-' && print !== undefined
        ? openReportStream(print, header('report'), () => {})
        : await openReport(file, header('report'))
  const heat = new HeatCells(plan.segments, labels.slice(1))
  const differences = new FirstDifferences()
  const changed = new Map<TableIndex, Map<string, number>>()
  const incomplete = new Set<TableIndex>()
  try {
    for (const { folder } of shards) {
      const of: CheckedFile = { file: join(folder, NAMES.report), what: 'report', flag: '--report' }
      const onEnd = ({ footer }: FileEnd) => {
        const known = (footer as Partial<FileFooter> | undefined)?.heat
        if (isHeat(known)) heat.add(known)
      }
      for await (const { value } of valuesOf(of, { onEnd })) {
        const difference = value as Difference
        noteChanged({ changed, incomplete }, labels.indexOf(difference.replica), difference)
        differences.add(difference)
        await report?.write(difference)
      }
    }
  } catch (error) {
    await report?.close().catch(() => {})
    throw error
  }
  for (const replica of incomplete) changed.delete(replica)
  return {
    ...{ changed, differences, heat },
    async end(summary) {
      const { recorded } = heat
      await report?.end({ ...footerOf(summary), ...(recorded !== undefined && { heat: recorded }) })
      await report?.close()
    },
  }
}

interface Attributes {
  readonly changed: Map<TableIndex, Map<string, number>>
  /** Replicas of which not all differing items are known by their attributes. */
  readonly incomplete: Set<TableIndex>
}

function noteChanged(
  { changed, incomplete }: Attributes,
  replica: TableIndex,
  { kind, attributes = [], action }: Difference,
): void {
  if (kind !== 'differing' || action === 'unverified') return
  // What a dead attempt had written is known by its key alone: then no count is right.
  if (attributes.length === 0) incomplete.add(replica)
  const names = changed.get(replica) ?? new Map<string, number>()
  for (const name of attributes) names.set(name, (names.get(name) ?? 0) + 1)
  changed.set(replica, names)
}

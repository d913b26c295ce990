/** The page of a run that several machines have made. */
import { counted } from '../../model/figures.ts'
import type { Summary } from '../../model/results/summary.ts'
import { optionFacts } from '../../page/option-facts.ts'
import { writePage } from '../../page/page-file.ts'
import { countsOf, verdictOf } from '../../page/run-verdict.ts'
import { SUBJECTS } from '../../page/subjects.ts'
import { heatOf } from '../../report/heat-cells.ts'
import type { Caller } from '../caller.ts'
import { factsOf, safeguardFacts, tableOf } from '../run-facts.ts'
import type { MergedReport } from './merged-report.ts'
import type { MergedRun } from './merged-run.ts'

interface Merged {
  readonly run: MergedRun
  readonly summary: Summary
  readonly told: MergedReport
  readonly caller: Caller
}

/** @throws TablesyncError with code `FILE_UNWRITABLE` */
export async function writeMergedPage(
  file: string,
  { run, summary, told, caller: { command, spelling } }: Merged,
): Promise<void> {
  const header = run.header('report')
  const { recorded } = told.heat
  const { attributes, differences } = told.differences
  await writePage(file, {
    ...{ what: SUBJECTS.comparison.title, attributes, differences },
    tables: run.tables.inspected.flatMap(tableOf),
    verdict: verdictOf(summary, SUBJECTS.comparison),
    facts: [
      ...factsOf(summary, header, undefined).filter(({ name }) => name !== 'run'),
      { name: 'run', value: `${header.run}, by ${counted(summary.shards?.count ?? 0, 'shard')}` },
    ],
    counts: countsOf(summary.replicas),
    ...(recorded !== undefined && { heat: heatOf(recorded) }),
    showsValues: run.settings.showValues,
    ...(command !== undefined && { command: command.words, version: command.version }),
    options: optionFacts(header.options, spelling),
    safeguards: safeguardFacts(run.settings, spelling),
  })
}

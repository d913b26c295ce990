/** The page of a report, a plan or a journal: what the file knows of its run. */
import { count } from '../model/figures.ts'
import { foundOf } from '../model/tally.ts'
import type { Spelling } from '../options/option.ts'
import type { FirstDifferences } from '../page/first-differences.ts'
import { optionFacts } from '../page/option-facts.ts'
import type { Fact, PageData, PageTable, ReplicaCounts, Verdict } from '../page/page-data.ts'
import { countsOf, verdictOf } from '../page/run-verdict.ts'
import { SUBJECTS } from '../page/subjects.ts'
import { timeText } from '../report/durations.ts'
import { heatOf, isHeat } from '../report/heat-cells.ts'
import { WORD_OF_KIND } from '../report/lines/differences/kind-words.ts'
import type { FileTotals } from '../show/file-totals.ts'
import { type Shown, TITLE } from '../show/show-lines.ts'
import { footerOf } from '../show/shown-file.ts'

export interface FileToShow extends Shown {
  /** Of the lines that were picked. */
  readonly lines: FirstDifferences
}

export function pageOfFile(shown: FileToShow, spelling: Spelling, version?: string): PageData {
  const { header, totals, picked, lines, file, end } = shown
  const { attributes, differences } = lines
  // A strip of all lines would say nothing of those that were picked.
  const heat = picked === undefined ? footerOf(end)?.heat : undefined
  return {
    what: `${TITLE[header.tablesync]} ${file}`,
    tables: tablesOf(shown),
    verdict: verdictOfFile(shown),
    facts: factsOf(shown),
    counts: countsOfFile(shown, picked ?? totals),
    ...(isHeat(heat) && { heat: heatOf(heat) }),
    attributes,
    differences,
    // A report holds values only if its run was asked for them; no other line has any here.
    showsValues: true,
    options: optionFacts(header.options ?? {}, spelling),
    safeguards: [],
    ...(version !== undefined && { version }),
  }
}

function tablesOf({ header }: FileToShow): PageTable[] {
  const { master, tables } = header
  const replicas = Object.keys(tables).map(
    (label): PageTable => ({ role: 'replica', label, about: [] }),
  )
  return master === undefined
    ? replicas
    : [{ role: 'master', label: master.label, about: [] }, ...replicas]
}

function verdictOfFile({ header, totals, picked, end }: FileToShow): Verdict {
  const footer = footerOf(end)
  const more = [
    ...(footer === undefined && header.tablesync !== 'undo-journal'
      ? ['The run that wrote this file did not finish it: lines may be missing.']
      : []),
    ...(end.isTorn ? ['Its last line is torn.'] : []),
  ]
  if (header.tablesync === 'report' && picked === undefined && footer?.end !== undefined) {
    const { end: outcome, totals: counted } = footer
    const ended = verdictOf(
      { outcome, replicas: counted?.replicas ?? {}, errors: [] },
      // The report of an undo names no master.
      SUBJECTS[header.master === undefined ? 'journal' : 'comparison'],
    )
    return { sentence: ended.sentence, more: [...ended.more, ...more] }
  }
  const of = picked === undefined ? '' : ` of ${count(foundOf(totals.kinds))}`
  const lines = count(foundOf((picked ?? totals).kinds))
  const sentence = {
    report: `Differences listed: ${lines}${of}.`,
    'repair-plan': `Repairs planned: ${lines}${of}.`,
    'undo-journal': `Writes recorded: ${lines}${of}.`,
  }[header.tablesync]
  return { sentence, more }
}

function factsOf({ header, end }: FileToShow): Fact[] {
  const { run, began } = header
  const ended = footerOf(end)?.ended
  return [
    ...(began === undefined ? [] : [{ name: 'began', value: timeText(began) }]),
    ...(ended === undefined ? [] : [{ name: 'ended', value: timeText(ended) }]),
    ...(run === undefined ? [] : [{ name: 'run', value: run }]),
  ]
}

function countsOfFile(
  { header, end, picked }: FileToShow,
  { kinds, bytes, writeUnits, actions }: FileTotals,
): ReplicaCounts[] {
  const replicas = footerOf(end)?.totals?.replicas
  if (header.tablesync === 'report' && picked === undefined && replicas !== undefined) {
    return countsOf(replicas)
  }
  const words = WORD_OF_KIND[header.tablesync]
  const named = (['missing', 'differing', 'extra'] as const).map((kind) => ({
    name: `${words.intro}${words[kind]}`,
    count: kinds[kind],
  }))
  const done = [...actions].filter(([action]) => action !== 'none')
  return [
    {
      replica: Object.keys(header.tables).join(', '),
      counts: [
        ...named,
        ...(header.tablesync === 'report'
          ? done.map(([name, lines]) => ({ name, count: lines }))
          : []),
        ...(writeUnits === 0
          ? []
          : [
              { name: 'bytes to write', count: bytes },
              { name: 'write units', count: writeUnits },
            ]),
      ],
    },
  ]
}

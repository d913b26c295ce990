/** One page about all pairs of a run. */
import { count, counted } from '../../model/figures.ts'
import type { PairResult, PairsSummary } from '../../model/results/pairs-summary.ts'
import { withError } from '../../model/results/summary.ts'
import { foundOf } from '../../model/tally.ts'
import type { PageData } from '../../page/page-data.ts'
import { writePage } from '../../page/page-file.ts'
import { countsOf } from '../../page/run-verdict.ts'
import { duration, timeText } from '../../report/durations.ts'
import { pairsVerdict, pairWords } from '../../report/lines/pairs-lines.ts'
import type { Caller } from '../caller.ts'

/** The summary says so if the page cannot be written; nothing else of it is lost. */
export async function withPageOfPairs(
  summary: PairsSummary,
  file: string,
  caller: Caller,
): Promise<PairsSummary> {
  try {
    await writePage(file, dataOf(summary, caller))
    return summary
  } catch (error) {
    return withError(summary, error)
  }
}

function dataOf(summary: PairsSummary, { command }: Caller): PageData {
  const { pairs, elapsedMs, startedAt, runId } = summary
  return {
    what: 'Comparison of pairs',
    tables: [],
    verdict: { sentence: pairsVerdict(summary), more: pairs.flatMap(troubleOf) },
    facts: [
      { name: 'began', value: timeText(startedAt) },
      { name: 'took', value: duration(elapsedMs) },
      { name: 'run', value: runId },
      { name: 'pairs', value: counted(pairs.length, 'pair') },
      ...pairs.map(({ name, outcome, summary: one }) => ({
        name,
        value: `${pairWords(outcome)}${one === undefined ? '' : `; ${foundWords(one)}`}`,
      })),
    ],
    counts: pairs.flatMap(({ name, summary: one }) =>
      one === undefined
        ? []
        : countsOf(one.replicas).map((counts) => ({
            ...counts,
            replica: `${name}: ${counts.replica}`,
          })),
    ),
    attributes: [],
    differences: { first: [], total: pairs.reduce((sum, one) => sum + differencesOf(one), 0) },
    showsValues: false,
    ...(command !== undefined && { command: command.words, version: command.version }),
    options: [],
    safeguards: [],
  }
}

const differencesOf = ({ summary }: PairResult) =>
  Object.values(summary?.replicas ?? {}).reduce((sum, replica) => sum + foundOf(replica), 0)

const foundWords = (summary: NonNullable<PairResult['summary']>) =>
  `${count(summary.master.scanned)} items of ${summary.master.table} in ${duration(summary.elapsedMs)}`

function troubleOf({ name, error, summary }: PairResult): string[] {
  const errors = [...(error === undefined ? [] : [error]), ...(summary?.errors ?? [])]
  return [
    ...errors.map(({ message }) => `${name}: ${message}`),
    ...(summary?.stopped === undefined ? [] : [`${name}: ${summary.stopped.message}`]),
  ]
}

/** The page of a run: what hears the run for it, and what writes it when the run has ended. */
import type { FileHeader } from '../model/files/header-and-footer.ts'
import { type Summary, withError } from '../model/results/summary.ts'
import { optionFacts } from '../page/option-facts.ts'
import { writePage } from '../page/page-file.ts'
import { RunCollector } from '../page/run-collector.ts'
import { countsOf, verdictOf } from '../page/run-verdict.ts'
import { SUBJECTS, type SubjectName } from '../page/subjects.ts'
import type { RunListeners } from '../run/records/difference-sink.ts'
import type { Preparation } from '../run/run-context.ts'
import type { Caller } from './caller.ts'
import { factsOf, safeguardFacts, tableOf } from './run-facts.ts'

export interface PageOfRun {
  /** The same listeners; the page hears what they hear. */
  hearing(listeners: RunListeners): RunListeners
  /** Writes the page. The summary says so where that fails; nothing else of it is lost. */
  written(summary: Summary): Promise<Summary>
}

export interface RunToShow {
  readonly subject: SubjectName
  readonly preparation: Preparation
  readonly header: FileHeader<'report'>
  readonly file: string
  readonly caller: Caller
}

export function pageOfRun({ subject, preparation, header, file, caller }: RunToShow): PageOfRun {
  const { settings, tables, plan, checkpoint } = preparation
  const taken = checkpoint?.taken
  const collector = new RunCollector({
    segments: plan.segments,
    replicas: Object.keys(header.tables),
    isResumed: taken !== undefined,
  })
  const note =
    taken === undefined
      ? undefined
      : 'This run went on with an earlier one. The counts cover both; strip, charts and listed differences cover this run only.'
  const { command, spelling } = caller
  const dataOf = (summary: Summary) => {
    const { history, ...collected } = collector.collected
    return {
      ...collected,
      what: SUBJECTS[subject].title,
      tables: tables.inspected.flatMap(tableOf),
      verdict: verdictOf(summary, SUBJECTS[subject]),
      facts: factsOf(summary, header, taken?.began),
      counts: countsOf(summary.replicas),
      history: { samples: history?.samples ?? [], ...(note !== undefined && { note }) },
      showsValues: settings.showValues,
      ...(command !== undefined && { command: command.words, version: command.version }),
      options: optionFacts(header.options, spelling),
      safeguards: safeguardFacts(settings, spelling),
    }
  }
  return {
    hearing: (listeners) => ({
      ...listeners,
      onEvent(event) {
        collector.hear(event)
        listeners.onEvent(event)
      },
      async onDifference(difference) {
        collector.add(difference)
        await listeners.onDifference?.(difference)
      },
    }),
    async written(summary) {
      try {
        await writePage(file, dataOf(summary))
        return summary
      } catch (error) {
        return withError(summary, error)
      }
    },
  }
}

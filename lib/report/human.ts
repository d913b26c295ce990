/** Reports a run to people, line by line, above a pinned block on a terminal. */
import type { Difference } from '../model/difference.ts'
import type { RunEvent } from '../model/events/events.ts'
import type { Prices } from '../model/prices.ts'
import type { Summary } from '../model/results/summary.ts'
import type { Milliseconds } from '../model/units.ts'
import { doneLines } from './lines/apply-undo-lines.ts'
import { costLines } from './lines/bill-lines.ts'
import { differenceLines } from './lines/differences/difference-lines.ts'
import type { WordDiff } from './lines/differences/word-diff.ts'
import { errorLines, stopLines } from './lines/ending-lines.ts'
import { eventLines } from './lines/event-lines.ts'
import { forecastLines } from './lines/forecast-line.ts'
import { identityLines, type PlanEvent, restartFlag } from './lines/opening-lines.ts'
import { verdictLines } from './lines/summary-lines.ts'
import { Progression } from './progression.ts'
import type { Screen } from './screen.ts'
import { shellWord } from './shell-word.ts'
import type { Line } from './styled-line.ts'

type PlanWrittenEvent = RunEvent & { readonly type: 'plan-written' }

/** Of a run without a terminal. */
const LINE_EVERY: Milliseconds = 30_000

/** How many keys are named here that ended for a reason of their own. */
const KEYS_NAMED = 20

/** What the arrow between two values means. */
const LEGEND =
  "values  the replica's, then the master's: what a repair would change; --report has long ones whole"
const PATHS_LEGEND = 'places  what a repair would change on the replica'

const MORE_KEYS_LEFT = 'and other keys: --report FILE or --verbose names all of them'

export interface HumanOptions {
  readonly screen: Screen
  readonly verbosity: 'quiet' | 'normal' | 'verbose'
  /** `auto`: a pinned block on a terminal. `plain`: a line now and then. */
  readonly progress: 'auto' | 'plain' | 'none'
  readonly showValues: boolean
  /** Whether each difference has a line of its own. */
  readonly tellsEach: boolean
  /** The report of the run. Absent: it writes none. */
  readonly report?: string | undefined
  /** The journal of the run. Absent: it keeps none. */
  readonly journal?: string | undefined
  /** What units cost. Absent: nothing is said of money. */
  readonly prices?: Prices | undefined
  /** Whether others run beside this one. Absent: it stands alone. */
  readonly isPart?: boolean
  /** Shows two long texts as one. Absent: they stand beside each other. */
  readonly wordDiff?: WordDiff | undefined
}

export interface Human {
  onEvent(event: RunEvent): void
  onDifference(difference: Difference): void
  conclude(summary: Summary): void
  /** Prints how far the run is, and what it waits for. */
  status(): void
  /** Removes the status line; lines written after it stand alone. */
  close(): void
}

export function tellHuman(options: HumanOptions): Human {
  const { screen, verbosity, progress, showValues, tellsEach, wordDiff } = options
  if (verbosity === 'quiet') return tellErrors(screen)
  let plan: PlanEvent | undefined
  let mode: 'sync' | 'undo' | 'apply' = 'sync'
  const progression = new Progression()
  let planned: PlanWrittenEvent | undefined
  let restartKey: string | undefined
  let keysLeft = 0
  let replicas = 0
  let isForecast = false
  let isLegendTold = false
  let isWaitTold = false
  let lastLine: Milliseconds = 0
  let lastRestartKey: Milliseconds = Number.NEGATIVE_INFINITY
  let elapsed: Milliseconds = 0
  const sayAll = (lines: readonly Line[]) => {
    for (const line of lines) screen.say(line)
  }

  return {
    onEvent(event) {
      progression.hear(event)
      switch (event.type) {
        case 'plan-written':
          planned = event
          return
        case 'undone':
          return
        case 'pass-began':
          isWaitTold = false
          return
        case 'progress':
          elapsed = event.elapsedMs
          if (progress === 'none') return
          if (progress === 'auto' && screen.isTerminal) {
            return screen.show((columns) => progression.block(columns))
          }
          // Most runs wait for less time than lies between two lines.
          if (elapsed - lastLine < LINE_EVERY && (isWaitTold || !event.standstill)) return
          isWaitTold ||= event.standstill !== undefined
          lastLine = elapsed
          return screen.say(progression.line)
        case 'segment-finished':
          if (verbosity === 'verbose') screen.say(`segment ${event.segment} finished`)
          return
        case 'restart-key':
          restartKey = event.key
          if (elapsed - lastRestartKey < LINE_EVERY && verbosity !== 'verbose') return
          lastRestartKey = elapsed
          return screen.say(`compared up to this key: ${restartFlag(event.key)}`)
        case 'key-left':
          if (tellsEach) return
          keysLeft++
          if (keysLeft > KEYS_NAMED + 1) return
          if (keysLeft > KEYS_NAMED) return screen.say(MORE_KEYS_LEFT)
          break
        case 'pace':
          if (plan !== undefined && !isForecast) sayAll(forecastLines(plan, event))
          isForecast = true
          break
        case 'ended-before':
          // A shard cannot begin anew, and has only to commit.
          if (options.isPart) return
          break
        case 'tables':
          replicas = event.replicas.length
          break
        case 'plan':
          plan = event
          break
        case 'undo':
        case 'apply':
          mode = event.type
          replicas = event.replicas.length
          break
      }
      sayAll(eventLines(event))
      if (event.type === 'tables' && verbosity === 'verbose') sayAll(identityLines(event))
    },
    status() {
      sayAll(progression.lines)
    },
    onDifference(difference) {
      if (!tellsEach) return
      if (!isLegendTold && difference.kind === 'differing') {
        screen.say(showValues ? LEGEND : PATHS_LEGEND)
        isLegendTold = true
      }
      sayAll(
        differenceLines(difference, {
          namesReplica: replicas > 1,
          withValues: showValues,
          wordDiff,
        }),
      )
    },
    conclude(summary) {
      screen.clear()
      sayAll(
        mode === 'sync'
          ? verdictLines(summary, plan, {
              planned,
              tellsEach,
              report: options.report,
              prices: options.prices,
              isPart: options.isPart === true,
            })
          : [...doneLines(mode, summary), ...costLines(summary, options.prices)],
      )
      if (mode !== 'undo' && !options.isPart) sayAll(undoHint(summary, options.journal))
      const isCutShort = ['interrupted', 'incomplete', 'stopped'].includes(summary.outcome)
      if (isCutShort && restartKey !== undefined) {
        screen.say(`        to go on from here: ${restartFlag(restartKey)}`)
      }
    },
    close: screen.clear,
  }
}

/** How to take back what was written. */
function undoHint({ replicas, passes }: Summary, journal: string | undefined): string[] {
  const isWritten = Object.values(passes?.replicas ?? replicas).some(
    ({ written, deleted }) => written + deleted > 0,
  )
  if (journal === undefined || !isWritten) return []
  return [`        to take it back: tablesync undo ${shellWord(journal)}`]
}

function tellErrors(screen: Screen): Human {
  const progression = new Progression()
  return {
    onEvent: (event) => progression.hear(event),
    onDifference() {},
    status() {
      for (const line of progression.lines) screen.say(line)
    },
    conclude(summary) {
      for (const line of errorLines(summary)) screen.say(line)
      for (const line of summary.stopped ? stopLines(summary.stopped) : []) screen.say(line)
    },
    close() {},
  }
}

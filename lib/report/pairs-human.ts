/** Reports a run over many pairs to people: each line names its pair, and the block shows those under way. */
import type { Difference } from '../model/difference.ts'
import type { RunEvent } from '../model/events/events.ts'
import type { PairsEvent } from '../model/events/pairs-events.ts'
import { count } from '../model/figures.ts'
import type { PairResult, PairsSummary } from '../model/results/pairs-summary.ts'
import type { Milliseconds } from '../model/units.ts'
import { duration } from './durations.ts'
import { type Human, type HumanOptions, tellHuman } from './human.ts'
import {
  type ManyOf,
  pairsLines,
  pairsSummaryLines,
  pairWords,
  troubleLines,
} from './lines/pairs-lines.ts'
import { Progression } from './progression.ts'
import type { Screen } from './screen.ts'
import type { Line } from './styled-line.ts'

export interface PairsHuman {
  onEvent(event: PairsEvent): void
  onDifference(difference: Difference, pair: string): void
  conclude(summary: PairsSummary): void
  /** Prints how far the pairs under way are. */
  status(): void
  close(): void
}

/** Of a run without a terminal. */
const LINE_EVERY: Milliseconds = 30_000

/** Without `--verbose`, only these events of a pair get a line: the table at the end has the rest. */
const TOLD: ReadonlySet<RunEvent['type']> = new Set([
  ...(['warning', 'segment-lost', 'replica-lost', 'stalled', 'outage', 'outage-over'] as const),
  ...(['deletions-withheld', 'key-left', 'ended-before', 'control-refused'] as const),
  ...(['output-lost', 'time-over', 'pass-ended'] as const),
  ...(['creation', 'creating', 'created'] as const),
])

interface Running {
  readonly human: Human
  readonly progression: Progression
}

export function tellPairs(options: HumanOptions & { readonly of?: ManyOf }): PairsHuman {
  const { screen, verbosity, progress } = options
  const running = new Map<string, Running>()
  let done = 0
  let all = 0
  let lastLine: Milliseconds = performance.now()
  const isQuiet = verbosity === 'quiet'
  const say = (line: Line) => {
    if (!isQuiet) screen.say(line)
  }
  const linesNow = () => [
    `${count(done)} of ${count(all)} pairs done`,
    ...[...running].map(([name, { progression }]) => `${name}: ${progression.line}`),
  ]
  const tellProgress = () => {
    if (isQuiet || progress === 'none') return
    if (progress === 'auto' && screen.isTerminal) return screen.show(linesNow)
    if (performance.now() - lastLine < LINE_EVERY) return
    lastLine = performance.now()
    for (const line of linesNow()) screen.say(line)
  }
  const begin = (pair: string) => {
    const human = tellHuman({ ...options, screen: namedScreen(screen, pair), progress: 'none' })
    running.set(pair, { human, progression: new Progression() })
  }
  const hear = (pair: string, event: RunEvent) => {
    const one = running.get(pair)
    one?.progression.hear(event)
    if (event.type === 'progress') return tellProgress()
    if (verbosity === 'verbose' || isQuiet || TOLD.has(event.type)) one?.human.onEvent(event)
  }
  const end = (result: PairResult) => {
    const { name, outcome, summary } = result
    const one = running.get(name)
    running.delete(name)
    done++
    if (verbosity === 'verbose' && summary !== undefined) one?.human.conclude(summary)
    if (outcome !== 'not-begun')
      say(`${name}: ${pairWords(outcome, options.of)}${reasonOf(result)}`)
    tellProgress()
  }

  return {
    onEvent(event) {
      switch (event.type) {
        case 'pairs':
          all = event.pairs.length
          for (const line of pairsLines(event.pairs, event.atOnce)) say(line)
          return
        case 'pair-began':
          return begin(event.pair)
        case 'pair-event':
          return hear(event.pair, event.event)
        case 'pair-ended':
          return end(event.result)
        case 'pairs-time-over':
          return say(
            `stopping after in-flight pages: --max-duration of ${duration(event.afterMs)} is over`,
          )
        default:
          return event satisfies never
      }
    },
    onDifference(difference, pair) {
      running.get(pair)?.human.onDifference(difference)
    },
    conclude(summary) {
      screen.clear()
      const lines = isQuiet ? troubleLines(summary) : pairsSummaryLines(summary, options)
      for (const line of lines) screen.say(line)
    },
    status() {
      for (const line of linesNow()) screen.say(line)
    },
    close: screen.clear,
  }
}

/** A refused pair has told nothing yet. */
const reasonOf = ({ error }: PairResult) => (error === undefined ? '' : `: ${error.message}`)

/** Lines that name their pair. */
const namedScreen = (screen: Screen, pair: string): Screen => ({
  ...screen,
  isTerminal: false,
  say: (line) =>
    screen.say(typeof line === 'string' ? `${pair}: ${line}` : [{ text: `${pair}: ` }, ...line]),
  show() {},
  clear() {},
})

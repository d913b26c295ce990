/** A run told to people, line by line, with a bar under the lines on a terminal. */
import cliProgress from 'cli-progress'
import type { Difference } from '../model/difference.ts'
import type { RunEvent } from '../model/events.ts'
import type { Summary } from '../model/summary.ts'
import type { Milliseconds } from '../model/units.ts'
import { errorLines } from './ending.ts'
import { applyLines, doneLines, undoLines } from './file-wording.ts'
import { flowLines, paceLines, waitingText } from './pace-wording.ts'
import { verdictLines } from './verdict.ts'
import {
  differenceLine,
  type PlanEvent,
  planLine,
  progressLine,
  restartFlag,
  tableLines,
} from './wording.ts'

type PlanWrittenEvent = RunEvent & { readonly type: 'plan-written' }
type ProgressEvent = RunEvent & { readonly type: 'progress' }

const LINE_EVERY: Milliseconds = 5000

export interface HumanOptions {
  readonly stream: NodeJS.WritableStream
  /** A terminal gets a bar; a file or a pipe gets a line every few seconds. */
  readonly isTerminal: boolean
  readonly verbosity: 'quiet' | 'normal' | 'verbose'
}

export interface Human {
  onEvent(event: RunEvent): void
  onDifference(difference: Difference): void
  conclude(summary: Summary): void
  /** Says how far the run is, and what it waits for. */
  status(): void
  /** Takes the bar away; lines written after it stand alone. */
  close(): void
}

export function tellHuman({ stream, isTerminal, verbosity }: HumanOptions): Human {
  if (verbosity === 'quiet') return tellErrors(stream)
  const bar = isTerminal ? openBar(stream) : undefined
  let plan: PlanEvent | undefined
  let mode: 'sync' | 'undo' | 'apply' = 'sync'
  let progress: ProgressEvent | undefined
  let planned: PlanWrittenEvent | undefined
  let restartKey: string | undefined
  let expectedItems = 0
  const say = (line: string) => {
    bar?.clear()
    stream.write(`${line}\n`)
  }
  let lastLine: Milliseconds = 0
  let lastRestartKey: Milliseconds = Number.NEGATIVE_INFINITY
  let elapsed: Milliseconds = 0

  return {
    onEvent(event) {
      switch (event.type) {
        case 'tables':
          expectedItems = event.master.facts.approximateItems ?? 0
          for (const line of tableLines(event)) say(line)
          return
        case 'undo':
          mode = 'undo'
          for (const line of undoLines(event)) say(line)
          return
        case 'apply':
          mode = 'apply'
          for (const line of applyLines(event)) say(line)
          return
        case 'plan-written':
          planned = event
          return
        case 'canary-held':
          return say(
            `${event.replica}: the first ${event.writes} repairs were read back and held; the others follow`,
          )
        case 'warning':
          return say(`warning ${event.replica}: ${event.message}`)
        case 'plan':
          plan = event
          return say(planLine(event))
        case 'progress':
          elapsed = event.elapsedMs
          progress = event
          if (bar !== undefined) {
            return bar.show(
              share(event, expectedItems),
              progressLine(event, plan) + waitingText(event),
            )
          }
          if (elapsed - lastLine < LINE_EVERY) return
          lastLine = elapsed
          return say(progressLine(event, plan) + waitingText(event))
        case 'segment-finished':
          if (verbosity === 'verbose') say(`segment ${event.segment} finished`)
          return
        case 'segment-lost':
          return say(`segment ${event.segment} was not compared to its end: ${event.message}`)
        case 'stalled':
          return say(`stalled ${event.message}`)
        case 'orders-differ':
          return say(
            `${event.replica} scans in another order than the master: looking its items up by key from here on, at more read units`,
          )
        case 'replica-lost':
          say(`${event.replica} is left out from here on: ${event.message}`)
          if (event.hint !== undefined) say(`        ${event.hint}`)
          return
        case 'pace':
          for (const line of paceLines(event)) say(line)
          return
        case 'control-refused':
          return say(`not done: ${event.message}`)
        case 'restart-key':
          restartKey = event.key
          if (elapsed - lastRestartKey < LINE_EVERY && verbosity !== 'verbose') return
          lastRestartKey = elapsed
          return say(`compared up to this key: ${restartFlag(event.key)}`)
        case 'deleting':
          return say(`deleting ${event.extras} extra items of ${event.replica}`)
        case 'deletions-withheld':
          return say(`${event.extras} extra items of ${event.replica} are left: ${event.reason}`)
        default:
          event satisfies never
      }
    },
    status() {
      for (const line of statusLines(progress, plan)) say(line)
    },
    onDifference(difference) {
      if (verbosity === 'verbose') say(differenceLine(difference))
    },
    conclude(summary) {
      bar?.stop()
      const lines =
        mode === 'sync' ? verdictLines(summary, plan, planned) : doneLines(mode, summary)
      for (const line of lines) stream.write(`${line}\n`)
      const isCutShort = ['interrupted', 'incomplete', 'stopped'].includes(summary.outcome)
      if (isCutShort && restartKey !== undefined) {
        stream.write(`        to go on from here: ${restartFlag(restartKey)}\n`)
      }
    },
    close: () => bar?.stop(),
  }
}

/** How far a run is, for whoever asks. */
function statusLines(progress: ProgressEvent | undefined, plan: PlanEvent | undefined): string[] {
  if (progress === undefined) return ['the tables are looked at']
  return [progressLine(progress, plan) + waitingText(progress), ...flowLines(progress)]
}

function tellErrors(stream: NodeJS.WritableStream): Human {
  let plan: PlanEvent | undefined
  let progress: ProgressEvent | undefined
  return {
    onEvent(event) {
      if (event.type === 'plan') plan = event
      if (event.type === 'progress') progress = event
    },
    onDifference() {},
    status() {
      for (const line of statusLines(progress, plan)) stream.write(`${line}\n`)
    },
    conclude(summary) {
      for (const line of errorLines(summary)) stream.write(`${line}\n`)
      if (summary.stopped !== undefined) stream.write(`${summary.stopped.message}\n`)
    },
    close() {},
  }
}

/** How far a run is, from 0 to 1: by items where the service knows how many, else by segments. */
function share({ tally, segments, segmentsDone }: ProgressEvent, expectedItems: number): number {
  if (segmentsDone === segments) return 1
  if (expectedItems === 0) return segmentsDone / Math.max(segments, 1)
  // Its count is some hours old: what is scanned beyond it must not look like the end.
  return Math.min(tally.master.scanned / expectedItems, 0.99)
}

const BAR_STEPS = 1000

function openBar(stream: NodeJS.WritableStream) {
  const bar = new cliProgress.SingleBar({
    stream,
    format: '{bar} {text}',
    barsize: 20,
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
    linewrap: false,
  })
  let isShown = false
  return {
    show(done: number, text: string) {
      const step = Math.round(done * BAR_STEPS)
      if (isShown) bar.update(step, { text })
      else bar.start(BAR_STEPS, step, { text })
      isShown = true
    },
    /** A line is written over the bar, which comes back with the next progress. */
    clear() {
      if (isShown) stream.write('\r\x1b[K')
    },
    stop() {
      if (isShown) bar.stop()
      isShown = false
    },
  }
}

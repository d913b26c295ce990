/** A run told to people, line by line, with a bar under the lines on a terminal. */
import cliProgress from 'cli-progress'
import type { Difference } from '../model/difference.ts'
import type { RunEvent } from '../model/events.ts'
import type { Summary } from '../model/summary.ts'
import type { Milliseconds } from '../model/units.ts'
import {
  differenceLine,
  errorLines,
  planLine,
  progressLine,
  tableLines,
  verdictLines,
} from './wording.ts'

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
  /** Takes the bar away; lines written after it stand alone. */
  close(): void
}

export function tellHuman({ stream, isTerminal, verbosity }: HumanOptions): Human {
  if (verbosity === 'quiet') return tellErrors(stream)
  const bar = isTerminal ? openBar(stream) : undefined
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
          for (const line of tableLines(event)) say(line)
          return
        case 'plan':
          return say(planLine(event))
        case 'progress':
          elapsed = event.elapsedMs
          if (bar !== undefined) return bar.show(event)
          if (elapsed - lastLine < LINE_EVERY) return
          lastLine = elapsed
          return say(progressLine(event))
        case 'segment-finished':
          if (verbosity === 'verbose') say(`segment ${event.segment} finished`)
          return
        case 'segment-lost':
          return say(`segment ${event.segment} was not compared to its end: ${event.message}`)
        case 'orders-differ':
          return say(
            `${event.replica} scans in another order than the master: looking its items up by key from here on, at more read units`,
          )
        case 'replica-lost':
          say(`${event.replica} is left out from here on: ${event.message}`)
          if (event.hint !== undefined) say(`        ${event.hint}`)
          return
        case 'restart-key':
          if (elapsed - lastRestartKey < LINE_EVERY && verbosity !== 'verbose') return
          lastRestartKey = elapsed
          return say(
            `compared up to this key: --starting-key '${event.key.replaceAll("'", `'\\''`)}'`,
          )
        case 'deleting':
          return say(`deleting ${event.extras} extra items of ${event.replica}`)
        case 'deletions-withheld':
          return say(`${event.extras} extra items of ${event.replica} are left: ${event.reason}`)
        default:
          event satisfies never
      }
    },
    onDifference(difference) {
      if (verbosity === 'verbose') say(differenceLine(difference))
    },
    conclude(summary) {
      bar?.stop()
      for (const line of verdictLines(summary)) stream.write(`${line}\n`)
    },
    close: () => bar?.stop(),
  }
}

function tellErrors(stream: NodeJS.WritableStream): Human {
  return {
    onEvent() {},
    onDifference() {},
    conclude(summary) {
      for (const line of errorLines(summary)) stream.write(`${line}\n`)
    },
    close() {},
  }
}

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
    show(event: RunEvent & { type: 'progress' }) {
      const text = progressLine(event)
      if (isShown) bar.update(event.segmentsDone, { text })
      else bar.start(event.segments, event.segmentsDone, { text })
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

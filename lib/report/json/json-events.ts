/** Tells a run to programs: each event, difference and error is an entry of the log. */
import type { RunEvent } from '../../model/events/events.ts'
import type { Summary } from '../../model/results/summary.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Human, HumanOptions } from '../human.ts'

/** Events that replace the one before them come no more often than this. */
const REPLACED_EVERY: Milliseconds = 5000

/** Writes one line of the log. */
export type WriteEntry = (type: string, fields: object) => void

export type JsonEventsOptions = Omit<HumanOptions, 'screen' | 'showValues'>

export function jsonEvents(
  write: WriteEntry,
  { verbosity, progress, tellsEach }: JsonEventsOptions,
  now: () => Milliseconds = () => performance.now(),
): Human {
  const isQuiet = verbosity === 'quiet'
  /** The latest of each type, and when one was written. */
  const latest = new Map<string, RunEvent>()
  const unwritten = new Set<string>()
  const writtenAt = new Map<string, Milliseconds>()
  let isWaitTold = false
  const tell = (event: RunEvent) => write(event.type, event)
  const tellLatest = (type: string) => {
    const event = latest.get(type)
    unwritten.delete(type)
    writtenAt.set(type, now())
    if (event !== undefined) tell(event)
  }
  const tellUnwritten = () => {
    for (const type of unwritten) tellLatest(type)
  }
  return {
    onEvent(event) {
      if (event.type === 'progress') latest.set(event.type, event)
      if (event.type === 'pass-began') isWaitTold = false
      if (isQuiet || (event.type === 'progress' && progress === 'none')) return
      if (event.type !== 'progress' && event.type !== 'restart-key') return tell(event)
      const { type } = event
      latest.set(type, event)
      unwritten.add(type)
      const last = writtenAt.get(type) ?? Number.NEGATIVE_INFINITY
      // The first of them: most runs wait for less time than lies between two entries.
      const beginsToWait = !isWaitTold && 'standstill' in event
      isWaitTold ||= beginsToWait
      if (beginsToWait || now() - last >= REPLACED_EVERY) tellLatest(type)
    },
    onDifference(difference) {
      if (tellsEach) write('difference', difference)
    },
    conclude(summary) {
      tellUnwritten()
      tellErrors(write, summary)
      if (!isQuiet) write('summary', summary)
    },
    status() {
      if (latest.has('progress')) tellLatest('progress')
      else write('message', { text: 'inspecting the tables' })
    },
    close: tellUnwritten,
  }
}

/** They are in the summary too: who looks for errors alone finds them by their type. */
function tellErrors(write: WriteEntry, { errors, stopped }: Summary): void {
  for (const error of errors) write('error', error)
  if (stopped === undefined) return
  const { safeguard, message, hint } = stopped
  write('error', { code: 'STOPPED', safeguard, message, hint })
}

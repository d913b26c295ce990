/** Opens what hears of a run: the caller's listeners, and the report. */
import type { Difference } from '../model/difference.ts'
import type { RunEvent } from '../model/events/events.ts'
import type { Question } from '../model/events/question.ts'
import type { ReportMark } from '../model/files/file-mark.ts'
import type { FileHeader } from '../model/files/header-and-footer.ts'
import type { Milliseconds } from '../model/units.ts'
import type { RunOptions } from '../options/run-options.ts'
import { openReport, type Report } from '../report/difference-report.ts'
import { HeatCells } from '../report/heat-cells.ts'
import { openReportStream } from '../report/report-stream.ts'
import type { RunListeners } from '../run/records/difference-sink.ts'
import { guard } from './guard.ts'

export type Listening = Pick<
  RunOptions,
  'onProgress' | 'onDifference' | 'confirm' | 'signal' | 'report'
>

export interface Listeners {
  /** Aborted by the caller, by the clock, or where a listener has thrown. */
  readonly signal: AbortSignal
  /** Aborted once all is done: nobody waits for what is still under way. */
  readonly over: AbortSignal
  /** The caller's, before the work has begun. */
  readonly before: Pick<RunListeners, 'onEvent' | 'confirm'>
  /**
   * Does the work with listeners that reach the caller's and the report.
   *
   * @param header of the report, where it is begun
   * @throws what a listener has thrown, once the work has ended
   */
  during<T>(header: FileHeader<'report'>, work: (listeners: RunListeners) => Promise<T>): Promise<T>
}

export interface ListenersOptions {
  /** How much of an earlier report is good, if the run continues it. Absent: it begins a new one. */
  readonly goodReport?: ReportMark | undefined
  /** The work is stopped when this much time has passed. */
  readonly maxDuration?: Milliseconds | undefined
  /** Writes to standard output, where the report `-` goes. */
  readonly print?: ((text: string) => Promise<boolean>) | undefined
}

/** Has something done with listeners that are let go of at its end. */
export async function withListeners<T>(
  options: Listening,
  more: ListenersOptions,
  work: (listeners: Listeners) => Promise<T>,
): Promise<T> {
  const listeners = guarded(options, more.maxDuration)
  try {
    const result = await work(openListeners(options, listeners, more))
    listeners.throwFailure()
    return result
  } finally {
    listeners.release()
  }
}

function openListeners(
  options: Listening,
  listeners: ReturnType<typeof guarded>,
  { goodReport, print }: ListenersOptions,
): Listeners {
  const open = (file: string, header: FileHeader<'report'>): Promise<Report> | Report => {
    if (file !== '-' || print === undefined) return openReport(file, header, goodReport)
    const message = 'nobody reads standard output any more'
    return openReportStream(print, header, () =>
      listeners.onProgress({ type: 'output-lost', what: 'report', file, message }),
    )
  }

  return {
    signal: listeners.signal,
    over: listeners.over,
    before: {
      onEvent: listeners.onProgress,
      ...(options.confirm !== undefined && { confirm: listeners.confirm }),
    },
    async during(header, work) {
      const { report: file } = options
      const report = file === undefined ? undefined : await open(file, header)
      if (file !== undefined && report?.openMode !== undefined) {
        listeners.onProgress({ type: 'readable-by-others', file, mode: report.openMode })
      }
      let cells: HeatCells | undefined
      const hear = (event: RunEvent) => {
        if (event.type === 'plan' && event.keys === undefined) {
          cells = new HeatCells(event.segments, Object.keys(header.tables))
          if (goodReport?.heat !== undefined) cells.add(goodReport.heat)
        }
        cells?.hear(event)
        listeners.onProgress(event)
      }
      const isHeard = report !== undefined || options.onDifference !== undefined
      try {
        const result = await work({
          onEvent: report === undefined ? listeners.onProgress : hear,
          allTold: async () => report?.flush(),
          reportMark: async () => {
            const mark = await report?.mark()
            const heat = cells?.recorded
            return mark && { ...mark, ...(heat !== undefined && { heat }) }
          },
          ...(options.confirm !== undefined && { confirm: listeners.confirm }),
          onEnd: async (footer) => {
            const heat = cells?.recorded
            await report?.end({ ...footer, ...(heat !== undefined && { heat }) })
          },
          ...(isHeard && {
            async onDifference(difference: Difference) {
              await report?.write(difference)
              await listeners.onDifference(difference)
            },
          }),
        })
        listeners.throwFailure()
        return result
      } finally {
        // A finished run has written all of it, and reported its trouble.
        await report?.close().catch(() => {})
      }
    },
  }
}

/** What the work yields; undefined where it was ended by the signal. */
export async function unlessAborted<T>(
  signal: AbortSignal,
  work: Promise<T>,
): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** The caller's listeners, behind a guard. */
function guarded(
  { onProgress: listener, onDifference, confirm, signal }: Listening,
  maxDuration?: Milliseconds,
) {
  const ended = new AbortController()
  const onProgress = (event: RunEvent) => held.tell(listener, event)
  const held = guard({
    ...{ signal, maxDuration },
    onTimeOver: (afterMs) => onProgress({ type: 'time-over', afterMs }),
  })
  return {
    signal: held.signal,
    over: ended.signal,
    onProgress,
    onDifference: (difference: Difference) =>
      held.ask<void>(() => onDifference?.(difference), undefined),
    async confirm(question: Question, pass?: AbortSignal) {
      if (held.signal.aborted || pass?.aborted) return false
      const over = new AbortController()
      const end = () => over.abort()
      // Whoever is asked may have gone home.
      const ended = new Promise<false>((resolve) => {
        over.signal.addEventListener('abort', () => resolve(false))
      })
      for (const signal of [held.signal, pass]) signal?.addEventListener('abort', end)
      try {
        const asked = () => Promise.race([confirm?.(question, over.signal), ended])
        return (await held.ask<boolean | undefined>(asked, false)) === true
      } finally {
        for (const signal of [held.signal, pass]) signal?.removeEventListener('abort', end)
        end()
      }
    },
    throwFailure: held.throwFailure,
    release() {
      ended.abort()
      held.release()
    },
  }
}

/** Several runs of one command, some at once: one that fails does not stop the others. */
import { asTablesyncError } from '../errors.ts'
import type { Difference } from '../model/difference.ts'
import type { PairsEvent } from '../model/events/pairs-events.ts'
import type { Question } from '../model/events/question.ts'
import {
  type NamedPair,
  outcomeOfPairs,
  type PairResult,
  type PairsSummary,
} from '../model/results/pairs-summary.ts'
import type { ErrorSummary, Summary } from '../model/results/summary.ts'
import type { RunIdentity } from '../model/run-identity.ts'
import type { Milliseconds } from '../model/units.ts'
import { ConcurrentWork } from '../run/concurrent-work.ts'
import type { Listening } from './listeners.ts'

/** Who hears of the runs. */
export interface ManyListeners {
  readonly onProgress?: (event: PairsEvent) => void
  readonly onDifference?: (difference: Difference, pair: string) => void | Promise<void>
  /** Asked one question at a time. */
  readonly confirm?: (question: Question, pair: string) => boolean | Promise<boolean>
  /** Aborted: the runs under way end, and no other begins. */
  readonly signal?: AbortSignal
}

export interface OneOfMany extends NamedPair {
  readonly run: (listening: Omit<Listening, 'report'>) => Promise<Summary>
}

export interface ManyRuns {
  readonly identity: RunIdentity
  readonly runs: readonly OneOfMany[]
  readonly atOnce: number
  /** Undefined: as long as it takes. */
  readonly maxDuration?: Milliseconds | undefined
}

export async function manyRuns(
  { identity, runs, atOnce, maxDuration }: ManyRuns,
  listeners: ManyListeners,
): Promise<PairsSummary> {
  const began = performance.now()
  const tell = (event: PairsEvent) => listeners.onProgress?.(event)
  const ending = new AbortController()
  const end = () => ending.abort(listeners.signal?.reason)
  if (listeners.signal?.aborted) end()
  listeners.signal?.addEventListener('abort', end)
  const clock = maxDuration === undefined ? undefined : setTimeout(timeOver, maxDuration)
  function timeOver() {
    tell({ type: 'pairs-time-over', afterMs: maxDuration ?? 0 })
    end()
  }

  const results = new Map<string, PairResult>()
  const ask = oneAtATime(listeners.confirm)
  let stopped: Summary['stopped']
  const work = new ConcurrentWork(atOnce)
  const one = async ({ run, ...pair }: OneOfMany) => {
    if (ending.signal.aborted || stopped !== undefined) {
      return note({ ...pair, outcome: 'not-begun' })
    }
    const { name } = pair
    tell({ type: 'pair-began', pair: name })
    const result = await ended(pair, () =>
      run({
        signal: ending.signal,
        onProgress: (event) => tell({ type: 'pair-event', pair: name, event }),
        ...(listeners.onDifference !== undefined && {
          onDifference: (difference: Difference) => listeners.onDifference?.(difference, name),
        }),
        ...(ask !== undefined && { confirm: (question: Question) => ask(question, name) }),
      }),
    )
    if (result.summary?.stopped?.isOfAll) stopped ??= result.summary.stopped
    note(result)
  }
  const note = (result: PairResult) => {
    results.set(result.name, result)
    tell({ type: 'pair-ended', result })
  }
  try {
    const pairs = runs.map(({ run: _, ...pair }) => pair)
    tell({ type: 'pairs', pairs, atOnce })
    for (const run of runs) work.start(() => one(run))
    await work.end()
  } finally {
    clearTimeout(clock)
    listeners.signal?.removeEventListener('abort', end)
  }
  const inOrder = runs.flatMap(({ name }) => results.get(name) ?? [])
  const isCut = ending.signal.aborted && inOrder.some(({ outcome }) => outcome === 'not-begun')
  return {
    version: 1,
    ...identity,
    outcome: outcomeOfPairs(inOrder, isCut),
    elapsedMs: Math.round(performance.now() - began),
    pairs: inOrder,
    ...(stopped !== undefined && { stopped }),
  }
}

async function ended(pair: NamedPair, run: () => Promise<Summary>): Promise<PairResult> {
  try {
    const summary = await run()
    return { ...pair, outcome: summary.outcome, summary }
  } catch (thrown) {
    const { code, message, hint } = asTablesyncError(thrown)
    const told = hint === undefined ? {} : { hint }
    const error: ErrorSummary = { table: '', code, message, ...told, count: 1 }
    // A fault of tablesync itself may have come after the first write.
    return { ...pair, outcome: code === 'INTERNAL' ? 'incomplete' : 'refused', error }
  }
}

/** A person reads one question at a time. */
function oneAtATime(confirm: ManyListeners['confirm']) {
  if (confirm === undefined) return undefined
  let before: Promise<unknown> = Promise.resolve()
  return (question: Question, pair: string): Promise<boolean> => {
    const answer = before.then(() => confirm(question, pair))
    before = answer.catch(() => {})
    return answer
  }
}

/** The result with an error that is of no pair. */
export function withErrorOfPairs(summary: PairsSummary, thrown: unknown): PairsSummary {
  const { code, message, hint } = asTablesyncError(thrown)
  const error = { table: '', code, message, ...(hint !== undefined && { hint }), count: 1 }
  const { outcome } = summary
  const isEnded = outcome === 'in-sync' || outcome === 'different'
  return { ...summary, outcome: isEnded ? 'incomplete' : outcome, errors: [error] }
}

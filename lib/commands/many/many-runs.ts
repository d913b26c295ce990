/** Several runs of one command, some at once: one that fails does not stop the others. */
import {
  type NamedPair,
  outcomeOfPairs,
  type PairResult,
  type PairsSummary,
} from '../../model/results/pairs-summary.ts'
import { errorSummaryOf, type Summary } from '../../model/results/summary.ts'
import type { RunIdentity } from '../../model/run-identity.ts'
import type { Milliseconds } from '../../model/units.ts'
import { ConcurrentWork } from '../../run/concurrent-work.ts'
import { guarded, type ListeningToOne, type ManyListeners } from './many-listeners.ts'

export type { ManyListeners }

export interface OneOfMany extends NamedPair {
  readonly run: (listening: ListeningToOne) => Promise<Summary>
}

export interface ManyRuns {
  readonly identity: RunIdentity
  readonly runs: readonly OneOfMany[]
  readonly atOnce: number
  /** Undefined: as long as it takes. */
  readonly maxDuration?: Milliseconds | undefined
}

/** @throws what a listener throws, once the runs under way have ended; no other begins then */
export async function manyRuns(
  { identity, runs, atOnce, maxDuration }: ManyRuns,
  listeners: ManyListeners,
): Promise<PairsSummary> {
  const began = performance.now()
  const heard = guarded(listeners, maxDuration)
  const results: PairResult[] = []
  let stopped: Summary['stopped']
  const one = async ({ run, ...pair }: OneOfMany, at: number) => {
    const note = (result: PairResult) => {
      results[at] = result
      heard.tell({ type: 'pair-ended', result })
    }
    if (heard.signal.aborted || stopped !== undefined) {
      return note({ ...pair, outcome: 'not-begun' })
    }
    heard.tell({ type: 'pair-began', pair: pair.name })
    const result = await ended(pair, () => run(heard.listening(pair.name)))
    if (result.summary?.stopped?.isOfAll) stopped ??= result.summary.stopped
    note(result)
  }
  const work = new ConcurrentWork(atOnce)
  try {
    heard.tell({ type: 'pairs', pairs: runs.map(({ run: _, ...pair }) => pair), atOnce })
    for (const [at, run] of runs.entries()) work.start(() => one(run, at))
    await work.end()
  } finally {
    heard.release()
  }
  heard.throwFailure()
  const isCut = heard.signal.aborted && results.some(({ outcome }) => outcome === 'not-begun')
  return {
    version: 1,
    ...identity,
    outcome: outcomeOfPairs(results, isCut),
    elapsedMs: Math.round(performance.now() - began),
    pairs: results,
    ...(stopped !== undefined && { stopped }),
  }
}

async function ended(pair: NamedPair, run: () => Promise<Summary>): Promise<PairResult> {
  try {
    const summary = await run()
    return { ...pair, outcome: summary.outcome, summary }
  } catch (thrown) {
    const error = errorSummaryOf(thrown)
    // A fault of tablesync itself may have come after the first write.
    return { ...pair, outcome: error.code === 'INTERNAL' ? 'incomplete' : 'refused', error }
  }
}

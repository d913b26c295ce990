/** The result of a run over many pairs of tables, or over the files of a folder. */
import type { RunIdentity } from '../run-identity.ts'
import type { Stopped } from '../safeguard.ts'
import type { Milliseconds } from '../units.ts'
import type { ErrorSummary, Outcome, Summary } from './summary.ts'

/**
 * The worst of the pairs. `refused`: none was compared. If some were compared and others refused, it
 * is `incomplete`.
 */
export type PairsOutcome = Outcome | 'refused'

export interface NamedPair {
  readonly name: string
  /** Of an undo: absent. */
  readonly master?: string
  readonly replicas: readonly string[]
}

export interface PairResult extends NamedPair {
  /** `not-begun`: the run ended before its turn. */
  readonly outcome: Outcome | 'refused' | 'not-begun'
  /** Absent: it was refused, or not begun. */
  readonly summary?: Summary
  /** Why it was refused. */
  readonly error?: ErrorSummary
}

/** Fields may be added; readers ignore those they do not know. */
export interface PairsSummary extends RunIdentity {
  readonly version: 1
  readonly outcome: PairsOutcome
  readonly elapsedMs: Milliseconds
  readonly pairs: readonly PairResult[]
  /** What went wrong beside the pairs. Absent: nothing. */
  readonly errors?: readonly ErrorSummary[]
  /** The limit of all pairs together that ended the run. Absent: none did. */
  readonly stopped?: Stopped
}

const WORST_FIRST = ['interrupted', 'stopped', 'incomplete', 'different', 'in-sync'] as const

/** @param isEnded whether the caller ended the run before the last pair */
export function outcomeOfPairs(pairs: readonly PairResult[], isEnded: boolean): PairsOutcome {
  const outcomes = new Set(pairs.map(({ outcome }) => outcome))
  if (isEnded || outcomes.has('interrupted')) return 'interrupted'
  if (pairs.every(({ outcome }) => outcome === 'refused')) return 'refused'
  const worst = WORST_FIRST.find((outcome) => outcomes.has(outcome)) ?? 'incomplete'
  if (worst === 'stopped') return worst
  return outcomes.has('refused') || outcomes.has('not-begun') ? 'incomplete' : worst
}

/** The command's exit code: part of its contract. */
export const exitCodeOfPairs = (
  outcome: PairsOutcome,
  exitCodeOf: (outcome: Outcome) => number,
): number => (outcome === 'refused' ? 2 : exitCodeOf(outcome))

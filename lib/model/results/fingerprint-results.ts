/** What the commands of fingerprints resolve to, and what `--json` prints of them. */
import type { ReadUnits } from '../units.ts'
import type { ErrorSummary, Outcome } from './summary.ts'

/** What `fingerprintTable` resolves to. Fields may be added; readers ignore those they do not know. */
export interface TakenFingerprint {
  readonly version: 1
  /** Only a complete one is written. */
  readonly outcome: 'complete' | Exclude<Outcome, 'in-sync' | 'different' | 'sampled'>
  /** The table's name as it was given. */
  readonly table: string
  readonly out: string
  readonly items: number
  readonly readUnits: ReadUnits
  /** Absent: it is not complete. */
  readonly total?: string
  readonly errors: readonly ErrorSummary[]
}

/** What `compareFingerprints` resolves to. */
export interface ComparedFingerprints {
  readonly version: 1
  readonly outcome: 'equal' | 'different'
  /** Items of the one and of the other. */
  readonly items: readonly [number, number]
  readonly segments: number
  /** Segments that differ. If the totals are equal, these only say that two engines divide otherwise. */
  readonly differing: readonly number[]
}

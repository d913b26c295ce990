/** The result of a run: what `runSync` resolves to and `--json` prints. */
import type { ErrorCode } from '../errors.ts'
import type { RunIdentity } from './run-identity.ts'
import type { Stopped } from './safeguard.ts'
import type { Milliseconds, ReadUnits, WriteUnits } from './units.ts'

/**
 * `in-sync`: every replica equals the master, or every difference was repaired.
 * `different`: differences remain. `incomplete`: something could not be read,
 * verified or written. `interrupted`: ended early, as asked. `stopped`: ended
 * by a safeguard.
 */
export type Outcome = 'in-sync' | 'different' | 'incomplete' | 'stopped' | 'interrupted'

/** Fields may be added; readers ignore those they do not know. */
export interface Summary {
  readonly version: 1
  readonly outcome: Outcome
  /** These two of the run that resolves to it; a checkpoint keeps it without. */
  readonly runId?: string
  readonly startedAt?: string
  readonly dryRun: boolean
  readonly elapsedMs: Milliseconds
  readonly strategy: 'auto' | 'march' | 'lookup'
  readonly master: MasterSummary
  /** By the replica's name as it was given. */
  readonly replicas: { readonly [label: string]: ReplicaSummary }
  /** What went wrong, the first of each kind. Empty after a run without trouble. */
  readonly errors: readonly ErrorSummary[]
  /** The safeguard that ended the run. Absent: none did. */
  readonly stopped?: Stopped
}

/** What the command prints with `--json` where it has no result: nothing was scanned or written. */
export interface Refusal extends RunIdentity {
  readonly version: 1
  /** `incomplete`: a fault of tablesync's own has ended it. */
  readonly outcome: 'refused' | 'incomplete'
  readonly errors: readonly ErrorSummary[]
}

export interface MasterSummary {
  readonly table: string
  readonly scanned: number
  readonly readUnits: ReadUnits
}

/**
 * Counts are what was found, before any repair. `ReplicaTally` explains each.
 *
 * `sameAs`, `missing`, `differing`, `extra`, `converged`, `vanished`, `expired`,
 * `newer`, `elsewhere`, `unverified`, `changed` and `unjudged` add up to
 * `offered` and `scanned` less `matched`.
 */
export interface ReplicaSummary {
  /** Items of the master that it was compared with. */
  readonly offered: number
  /** Items that were read, and not judged before the run ended. */
  readonly unjudged: number
  readonly sameAs: number
  readonly missing: number
  readonly differing: number
  /** Null where extras were not looked for. */
  readonly extra: number | null
  readonly matched: number
  readonly converged: number
  readonly vanished: number
  readonly expired: number
  readonly newer: number
  readonly elsewhere: number
  readonly readBack: number
  readonly mended: number
  readonly written: number
  readonly deleted: number
  readonly partial: number
  readonly skipped: number
  readonly resolved: number
  readonly conflicts: number
  readonly unverified: number
  readonly changed: number
  readonly unconfirmed: number
  readonly failed: number
  /** Items of which some attributes were written and others not. */
  readonly torn: number
  readonly scanned: number
  readonly readUnits: ReadUnits
  readonly writeUnits: WriteUnits
  /** How it was compared; `lookup` after a march found the orders to differ. */
  readonly strategy: 'march' | 'lookup'
  /** Segments that were not compared to their end. */
  readonly lostSegments: number
  /** Extras that were to be deleted and were left, since something had failed before. */
  readonly deletionsWithheld: number
  /** Whether it was left out before the end: nothing more was asked of it. */
  readonly lost: boolean
}

/** Differences of all kinds. */
export function foundOf({ missing, differing, extra }: ReplicaSummary): number {
  return missing + differing + (extra ?? 0)
}

export interface ErrorSummary {
  readonly table: string
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
  /** How often it came. */
  readonly count: number
}

/** The command's exit code: part of its contract. */
export function exitCodeOf(outcome: Outcome): number {
  switch (outcome) {
    case 'in-sync':
      return 0
    case 'different':
      return 1
    case 'incomplete':
      return 3
    case 'stopped':
      return 4
    case 'interrupted':
      return 130
    default:
      return outcome satisfies never
  }
}

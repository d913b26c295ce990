/** The result of a run: what `runSync` resolves to and `--json` prints. */
import { asTablesyncError, type ErrorCode } from '../../errors.ts'
import type { RunIdentity } from '../run-identity.ts'
import type { SafeguardName, Stopped } from '../safeguard.ts'
import type { PlannedTable } from '../tables/planned-table.ts'
import type { DifferingSettings } from '../tables/table-settings.ts'
import { foundOf } from '../tally.ts'
import type { Bytes, Milliseconds, ReadUnits, WriteUnits } from '../units.ts'
import type { SampleSummary } from './sample-summary.ts'

/**
 * `in-sync`: every replica equals the master, or every difference was repaired. `different`:
 * differences remain. `sampled`: a part was compared, whatever was found. `incomplete`: something
 * could not be read, verified or written. `interrupted`: the run ended early on request. `stopped`: a
 * safeguard ended the run.
 */
export type Outcome = 'in-sync' | 'different' | 'sampled' | 'incomplete' | 'stopped' | 'interrupted'

/** Fields may be added; readers ignore those they do not know. */
export interface Summary {
  readonly version: 1
  readonly outcome: Outcome
  /** `runId` and `startedAt` are of the run that returns this; a checkpoint keeps neither. */
  readonly runId?: string
  readonly startedAt?: string
  readonly dryRun: boolean
  readonly elapsedMs: Milliseconds
  /** How the run waited for keys to stand still. Absent: it never did only that. */
  readonly standstill?: WaitedStandstill
  readonly strategy: 'auto' | 'march' | 'lookup'
  /** Tells masks apart, by their rules and their key. Absent: nothing was masked. */
  readonly masks?: string
  readonly master: MasterSummary
  /** By the replica's name as it was given. */
  readonly replicas: { readonly [label: string]: ReplicaSummary }
  /** What went wrong: the first error of each kind. Empty after a run without trouble. */
  readonly errors: readonly ErrorSummary[]
  /** The safeguard that ended the run. Absent: none did. */
  readonly stopped?: Stopped
  /** Of a run until in sync, whose last pass all counts above are of. Absent: a single comparison. */
  readonly passes?: PassesSummary
  /** Of a run that compared a part of the segments. Absent: it compared all. */
  readonly part?: { readonly compared: number; readonly segments: number }
  /** What a part that was drawn at random tells of the whole tables. Absent: none was drawn. */
  readonly sample?: SampleSummary
  /** Of a run that several machines have made. Absent: one has. */
  readonly shards?: ShardsSummary
}

export interface ShardsSummary {
  readonly count: number
  /**
   * Writes that were noted by attempts which did not commit, and which no count above has. Their
   * journals are part of the merged one.
   */
  readonly uncommittedWrites: number
}

/**
 * The time after the last page in which a run did nothing but wait until both sides of some keys had
 * stood still for the mismatch age. Of a resumed run, that of its last leg.
 */
export interface WaitedStandstill {
  /** Keys that were waited for, suspects and written ones; those of each replica count. */
  readonly keys: number
  readonly waitedMs: Milliseconds
}

/**
 * Why no pass followed: the last one found no difference; or there was no time, or no pass, left; or
 * a safeguard, the caller or an error ended the run.
 */
export type PassesEnd = 'in-sync' | 'time-over' | 'max-passes' | Outcome

export interface PassesSummary {
  readonly count: number
  readonly end: PassesEnd
  /**
   * When the last pass began and ended: ISO 8601, UTC. If `end` is `in-sync`, no difference was seen
   * in between.
   */
  readonly last: { readonly began: string; readonly ended: string }
  /** Of all passes together. */
  readonly master: { readonly readUnits: ReadUnits }
  readonly replicas: { readonly [label: string]: PassesOfReplica }
}

export interface PassesOfReplica {
  readonly written: number
  readonly deleted: number
  readonly readUnits: ReadUnits
  readonly writeUnits: WriteUnits
}

/** An error as results list it. `table`: the label of the table that it is about, or nothing. */
export function errorSummaryOf(thrown: unknown, table = ''): ErrorSummary {
  const { code, message, hint } = asTablesyncError(thrown)
  return { table, code, message, ...(hint !== undefined && { hint }), count: 1 }
}

interface Ended {
  readonly outcome: Outcome | 'refused'
  readonly errors?: readonly ErrorSummary[]
}

/** The result with one more error, after which it is not whole any more. */
export function withError<Result extends Ended>(summary: Result, thrown: unknown): Result {
  const { outcome, errors = [] } = summary
  const isEnded = outcome === 'in-sync' || outcome === 'different' || outcome === 'sampled'
  return {
    ...summary,
    outcome: isEnded ? 'incomplete' : outcome,
    errors: [...errors, errorSummaryOf(thrown)],
  }
}

/** What the command prints with `--json` without a result: nothing was scanned or written. */
export interface Refusal extends RunIdentity {
  readonly version: 1
  /** `incomplete`: a fault of tablesync itself ended it. */
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
 * `sameAs`, `missing`, `differing`, `extra`, `converged`, `vanished`, `expired`, `newer`,
 * `elsewhere`, `unverified`, `changed` and `unjudged` add up to `offered` plus `scanned` minus
 * `matched`.
 */
export interface ReplicaSummary {
  /** Items of the master that the replica was compared with. */
  readonly offered: number
  /** Items that were read, but not judged before the run ended. */
  readonly unjudged: number
  readonly sameAs: number
  readonly missing: number
  readonly differing: number
  /** Null: the run did not look for extras. */
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
  /** Items with some attributes written and others not. */
  readonly torn: number
  readonly scanned: number
  readonly readUnits: ReadUnits
  readonly writeUnits: WriteUnits
  /**
   * Read units of both sides that went into reading keys again: suspects, repairs, and what was
   * written. Of a resumed run, those of its last leg. Absent: the run ended before it began.
   */
  readonly recheckUnits?: ReadUnits
  /** How the replica was compared: `lookup` also after a march that found the orders to differ. */
  readonly strategy: 'march' | 'lookup'
  /** Segments that were not compared to their end. */
  readonly lostSegments: number
  /** Extras that were to be deleted, but were left because something had failed before. */
  readonly deletionsWithheld: number
  /** Of a comparison that writes nothing: what the repair of all that it found would take. */
  readonly repair?: RepairBill
  /**
   * Of a comparison: how many differing items differ in each attribute; most first, at most 100.
   * Absent: none differs, or the run was resumed. No leg knows what the others counted.
   */
  readonly attributes?: { readonly [name: string]: number }
  /**
   * Of a comparison: settings in which the replica is not like the master, by their names. Absent:
   * none, or a description was denied.
   */
  readonly settings?: DifferingSettings
  /** Of an apply: keys of the plan that were not picked, and not read. Absent: all were picked. */
  readonly notPicked?: number
  /** Whether the run left the replica out before the end, and asked nothing more of it. */
  readonly lost: boolean
  /**
   * Of a replica that did not exist, with `createReplica`: the table that this run has made, or that
   * it would make. Nothing of one that is not made is compared: its counts are 0. Absent: it existed.
   */
  readonly create?: PlannedTable
}

/** Write units are of the table alone: its indexes come on top. */
export interface RepairBill {
  readonly put: BillOfWrites
  readonly update: BillOfWrites
  readonly delete: BillOfWrites
  /** False: some items were counted by key alone, and are taken to be as large as the others. */
  readonly isExact: boolean
  /** The safeguard that would stop the repair of all kinds, with these options. Absent: none. */
  readonly stoppedBy?: SafeguardName
}

export interface BillOfWrites {
  readonly items: number
  /** Size of the items as the master has them. */
  readonly bytes: Bytes
  readonly writeUnits: WriteUnits
}

export interface ErrorSummary {
  readonly table: string
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
  /** How often this error came. */
  readonly count: number
}

/** The command's exit code: part of its contract. */
export function exitCodeOfSummary({ outcome, replicas }: Summary): number {
  const isFound = Object.values(replicas).some((replica) => foundOf(replica) > 0)
  return outcome === 'sampled' && isFound ? exitCodeOf('different') : exitCodeOf(outcome)
}

/** The same where only the outcome is known; of a sample, that nothing was found. */
export function exitCodeOf(outcome: Outcome): number {
  switch (outcome) {
    case 'in-sync':
    case 'sampled':
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

/** Whether something is left that the same run would do if it were resumed. */
export function hasWorkLeft({ outcome, replicas, errors }: Summary): boolean {
  if (outcome === 'in-sync' || outcome === 'different' || outcome === 'sampled') return false
  if (outcome !== 'incomplete') return true
  if (errors.some(({ code }) => code === 'FILE_UNWRITABLE')) return true
  // Items that failed or are in conflict have had their turn.
  return Object.values(replicas).some(
    ({ lost, lostSegments, unjudged }) => lost || lostSegments > 0 || unjudged > 0,
  )
}

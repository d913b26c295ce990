/**
 * All that a run needs to resume, as of one moment between two entries. It is one JSON value, and
 * says how much of each of the run's files is good.
 */

import type { PendingRecheck } from '../pending-recheck.ts'
import type { ErrorSummary, Summary } from '../results/summary.ts'
import type { MasterTally, ReplicaTally } from '../tally.ts'
import type { Bytes, Milliseconds } from '../units.ts'
import type { FileMark, PlanMark, ReportMark } from './file-mark.ts'
import type { RecordedTable } from './recorded-table.ts'
import type { SegmentRecord } from './segment-record.ts'
import type { Intent } from './write-intent.ts'

export interface Checkpoint {
  readonly tablesync: 'checkpoint'
  /** In version 1, the lines of the report and of the journal are not chained. */
  readonly version: 1 | 2
  readonly run: string
  /** Id of the leg that saved it, which its user agent contains. Absent: version 1. */
  readonly leg?: string
  /** When the first leg began: ISO 8601, UTC. Absent: version 1. */
  readonly began?: string
  /** When it was saved: ISO 8601, UTC. Absent: version 1. */
  readonly saved?: string
  /** Grows with each save. Intents noted since this save have its number. */
  readonly generation: number
  readonly master: RecordedTable & { readonly label: string }
  /** By the replica's name as it was given. */
  readonly tables: { readonly [label: string]: RecordedTable }
  /** Options that must not change between the legs of a run, by their names. */
  readonly options: { readonly [option: string]: unknown }
  readonly segments: number
  readonly elapsedMs: Milliseconds
  readonly scanned: MasterTally
  readonly replicas: { readonly [label: string]: ReplicaCheckpoint }
  /** Counters in shared memory, base64. */
  readonly counters: { readonly [name in SharedCounter]: string }
  /** How much of the report is good. Absent: there is no report. */
  readonly report?: ReportMark
  /** The least length of the undo journal. Absent: there is no journal. */
  readonly journalBytes?: Bytes
  /** How much of the repair plan is good. Absent: there is no plan. */
  readonly plan?: PlanMark
  readonly intents: readonly Intent[]
  /** Why keys failed, or could not be verified. Absent: an earlier release saved it. */
  readonly keyErrors?: readonly ErrorSummary[]
  /** Present: the run has ended, and this is its result. */
  readonly summary?: Summary
}

export type SharedCounter = 'recheckBudget' | 'orderRecord'

export interface ReplicaCheckpoint {
  /** A bit for each segment, base64. */
  readonly finished: string
  readonly byLookup: boolean
  readonly tally: ReplicaTally
  readonly records: { readonly [segment: string]: SegmentRecord }
  readonly sightings: readonly PendingRecheck[]
  /** Extras that wait to be deleted: how many, and how much of their file is good. */
  readonly extras: FileMark & { readonly count: number }
  /** Ranges of extras, by place, whose deletion has ended. */
  readonly deleted: readonly (readonly [number, number])[]
}

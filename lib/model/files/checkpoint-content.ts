/**
 * All that a run needs to be taken up again, as of one moment between two
 * entries. One JSON value, and the files that it says how much of is good.
 */

import type { PendingRecheck } from '../pending-recheck.ts'
import type { ErrorSummary, Summary } from '../summary.ts'
import type { MasterTally, ReplicaTally } from '../tally.ts'
import type { Bytes, Milliseconds } from '../units.ts'
import type { FileMark, ReportMark } from './file-mark.ts'
import type { RecordedTable } from './recorded-table.ts'
import type { SegmentRecord } from './segment-record.ts'
import type { Intent } from './write-intent.ts'

export interface Checkpoint {
  readonly tablesync: 'checkpoint'
  /** Of version 1, the report that goes with it is no chain, and neither is the journal. */
  readonly version: 1 | 2
  readonly run: string
  /** Id of the leg that saved it: it stands in the user agent of its requests. Absent: of version 1. */
  readonly leg?: string
  /** When the first leg began: ISO 8601, UTC. Absent: of version 1. */
  readonly began?: string
  /** When it was saved: ISO 8601, UTC. Absent: of version 1. */
  readonly saved?: string
  /** Grows with each save; intents noted since this one have its number. */
  readonly generation: number
  readonly master: RecordedTable & { readonly label: string }
  /** By the replica's name as it was given. */
  readonly tables: { readonly [label: string]: RecordedTable }
  /** What may not change between the legs of a run, by the name of the option. */
  readonly options: { readonly [option: string]: unknown }
  readonly segments: number
  readonly elapsedMs: Milliseconds
  readonly scanned: MasterTally
  readonly replicas: { readonly [label: string]: ReplicaCheckpoint }
  /** Counters in shared memory, base64. */
  readonly counters: { readonly [name in SharedCounter]: string }
  /** Of the report: what is good of it. Absent: there is none. */
  readonly report?: ReportMark
  /** How long the undo journal is at least. Absent: none is kept. */
  readonly journalBytes?: Bytes
  readonly intents: readonly Intent[]
  /** Why keys have failed, or could not be verified. Absent: saved by an earlier release. */
  readonly keyErrors?: readonly ErrorSummary[]
  /** Present: the run has come to its end, and this is its result. */
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
  /** Extras that wait for their deletion: how many, and how much of their file is good. */
  readonly extras: FileMark & { readonly count: number }
  /** Stretches of them, by place, whose deletion has come to its end. */
  readonly deleted: readonly (readonly [number, number])[]
}

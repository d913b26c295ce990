/** What the folder of a run of shards holds, beside the files that each attempt keeps as any run does. */
import type { Summary } from '../results/summary.ts'
import type { CapacityChoices } from '../tables/capacity.ts'
import type { InspectedTable } from '../tables/table.ts'
import type { NamedTally } from '../tally.ts'
import type { Bytes } from '../units.ts'

/** `run.json`: all that must be the same for all shards. */
export interface ShardRun {
  readonly tablesync: 'shard-run'
  readonly version: 1
  /** The version of tablesync that all machines must have. */
  readonly release: string
  readonly run: string
  /** When the run was planned: ISO 8601, UTC. */
  readonly planned: string
  readonly shards: number
  /** How many shards run at the same time at most. */
  readonly atOnce: number
  /** Segments of all shards together. */
  readonly segments: number
  readonly scan: {
    readonly byLookup: boolean
    readonly mayGoOver: boolean
    readonly findExtras: boolean
  }
  /** As they were when the run was planned; the master first. */
  readonly tables: readonly [InspectedTable, ...InspectedTable[]]
  /** Of each table: what all shards together may use. Percentages are units here. */
  readonly capacity: readonly CapacityChoices[]
  /** As `runSync` takes them, without secrets. */
  readonly options: { readonly [option: string]: unknown }
  /** What options, and the files that they name, mean for what is found and written. */
  readonly meaning: { readonly [option: string]: unknown }
  /** SHA-256 of the module of hooks. Absent: there is none. */
  readonly hooks?: string
}

/** `attempt.json`: where an attempt began. */
export interface ShardAttempt {
  readonly tablesync: 'shard-attempt'
  readonly version: 1
  /** SHA-256 of `run.json`. */
  readonly runDigest: string
  readonly shard: number
  readonly attempt: string
  /** The attempts that were there when it began, with the size that the journal of each had. */
  readonly seen: readonly { readonly attempt: string; readonly journalBytes: Bytes }[]
  /** The attempt whose checkpoint it has taken up, and how much of its journal. Absent: none. */
  readonly from?: { readonly attempt: string; readonly journalBytes: Bytes }
}

/** `result.json`: what an attempt has found and done, once it has come to its end. */
export interface ShardResult {
  readonly tablesync: 'shard-result'
  readonly version: 1
  readonly shard: number
  /** A bit for each segment that was compared to its end, base64. */
  readonly segments: string
  readonly summary: Summary
  /** All counts, those among them that a summary leaves out. */
  readonly tally: NamedTally
}

/** `commit.json`: the attempt that counts. */
export interface ShardCommit {
  readonly tablesync: 'shard-commit'
  readonly version: 1
  readonly release: string
  readonly run: string
  /** SHA-256 of `run.json`. */
  readonly runDigest: string
  readonly shard: number
  readonly attempt: string
  /** ISO 8601, UTC. */
  readonly committed: string
  readonly parts: readonly ShardPart[]
}

/** A file in the folder of the attempt. */
export interface ShardPart {
  readonly name: string
  readonly bytes: Bytes
  readonly sha256: string
}

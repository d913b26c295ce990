/** What a part of the segments tells of the whole tables. */

/** Shares of items, from 0 to 1. */
export interface EstimatedShare {
  readonly estimate: number
  /** The limits hold with 95 %, however the differences are spread. */
  readonly lower: number
  readonly upper: number
}

export interface SampledReplica {
  /** Items of the segments, those of both sides. */
  readonly items: number
  /** How large the largest segment is, against the mean: the larger, the wider the limits. */
  readonly spread: number
  /** Items that differ in any way. */
  readonly all: EstimatedShare
  readonly missing: EstimatedShare
  readonly differing: EstimatedShare
  /** Null: extras were not looked for. */
  readonly extra: EstimatedShare | null
}

export interface SampleSummary {
  /** Segments that were drawn. */
  readonly drawn: number
  /** Segments that the tables were divided into. */
  readonly segments: number
  /** `sampleSeed` draws the same of as many segments. */
  readonly seed: number
  /** By the replica's name as it was given. */
  readonly replicas: { readonly [label: string]: SampledReplica }
}

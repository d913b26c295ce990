/**
 * The fingerprint of a table: sums of keyed digests of its items, in total and by segment. Whoever has
 * the file can check a guess at an item, so it is data of the table.
 */
import type { KeySchema } from '../tables/table.ts'

export interface FingerprintFile {
  readonly tablesync: 'fingerprint'
  readonly version: 1
  /** Secret, in base64; another fingerprint needs the same. */
  readonly key: string
  /** Tells keys apart. */
  readonly keyId: string
  /** What the table was called. */
  readonly table: string
  readonly keySchema: KeySchema
  /** Paths that are ignored. */
  readonly ignore: readonly string[]
  /** Paths that alone are compared. Empty: all are. */
  readonly only: readonly string[]
  /** Null: items that have expired count like others. */
  readonly ttl: ExpiryRule | null
  readonly segments: number
  /** When the scan began and ended: ISO 8601, UTC. */
  readonly began: string
  readonly ended: string
  readonly items: number
  /** The sum of all items, 32 bytes in base64. */
  readonly total: string
  /** Items of each segment. */
  readonly counts: readonly number[]
  /** The sums of all segments, 32 bytes each, in base64. */
  readonly sums: string
}

/** Which items count as absent. */
export interface ExpiryRule {
  readonly attribute: string
  /** ISO 8601, UTC. */
  readonly at: string
}

/** What a comparison of two fingerprints has found: a run can be restricted to these segments. */
export interface DifferingSegments {
  readonly tablesync: 'differing-segments'
  readonly version: 1
  readonly segments: number
  readonly differing: readonly number[]
}

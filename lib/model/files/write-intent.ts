/** A write that is about to be sent, for a difference that is not entered yet. */
import type { DifferenceKind } from '../difference.ts'
import type { TableIndex } from '../tables/table.ts'

export interface Intent {
  readonly replica: TableIndex
  /** DynamoDB JSON text. */
  readonly key: string
  /** The kind of the difference, which is counted if the write turns out to have landed. */
  readonly kind: DifferenceKind
  /** Digests of the whole item after this write and earlier ones; more follow. Absent: none do. */
  readonly parts?: readonly string[]
  /** Digests of the whole item after this write and earlier ones; no more follow. */
  readonly leaves?: readonly string[]
}

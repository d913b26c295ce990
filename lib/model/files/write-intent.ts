/** A write that is about to be sent, of a difference that is not entered yet. */
import type { DifferenceKind } from '../difference.ts'
import type { TableIndex } from '../tables/table.ts'

export interface Intent {
  readonly replica: TableIndex
  /** DynamoDB JSON text. */
  readonly key: string
  /** What the difference was, and is to be counted as where the write turns out to have landed. */
  readonly kind: DifferenceKind
  /** Digests of whole items that this write and those before it leave, where more has to follow. Absent: none does. */
  readonly parts?: readonly string[]
  /** Digests of whole items that this write and those before it leave, where nothing has to follow. */
  readonly leaves?: readonly string[]
}

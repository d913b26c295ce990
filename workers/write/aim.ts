/** What a repair or an undo wants of one item, for the loop that makes the attempts. */
import type { Unread } from '../../lib/dynamo/lookup-result.ts'
import type { TablesyncError } from '../../lib/errors.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { SeenItem } from '../../lib/model/pending-recheck.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { RepairEnding } from '../verify/ending.ts'
import type { PreparedWrite } from './prepared-write.ts'

export type Next =
  | Writing
  /** The item is as wanted, by our own write or by somebody else's. */
  | { readonly settled: () => SeenItem }
  | { readonly ending: RepairEnding }

export interface Writing {
  readonly write: PreparedWrite
  /** What both sides should hold after it. */
  readonly left: () => SeenItem
}

/** What is wanted of an item; asked again after each reading. */
export interface Aim<Sides> {
  /** How to count each write if it lands and its thread dies. Absent: it is not counted. */
  readonly intends?: DifferenceKind
  /** What a thread or a run that died may already have done. */
  readonly doneBefore: Achieved
  /** Whether an earlier attempt may have landed, and must be reported as that. */
  readonly mayHaveLanded?: boolean
  /** Refused conditions after which the item is left. @default 5 */
  readonly maxRefusals?: number
  /** Whether a thread that died was writing the item in parts: if it is left, it may be torn. */
  readonly wasInParts: boolean
  /** Whether a write whose thread died has left the item half-way. */
  isHalfWay(sides: Sides): boolean
  /**
   * `isHalfWay`: a write of ours has left the item so that another must follow. Then only equality
   * ends the work, whatever else would have been asked.
   */
  next(sides: Sides, isHalfWay: boolean): Promise<Next>
  read(): Promise<Sides | Unread>
  /** Whether the replica still holds what it held before. */
  isSame(before: Sides, now: Sides): boolean
  /** The replica's item. */
  replicaIn(sides: Sides): WireItem | undefined
}

export type Achieved = 'resolved' | 'written' | 'deleted'

export interface Convergence {
  readonly ending: RepairEnding
  /** Present: no other item of the table would fare better. */
  readonly lost?: TablesyncError
}

/** What is wanted of one item, as the loop of attempts asks for it. */
import type { Unread } from '../../lib/dynamo/lookup-result.ts'
import type { TablesyncError } from '../../lib/errors.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { SeenItem } from '../../lib/model/pending-recheck.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { RepairEnding } from '../verify/ending.ts'
import type { PreparedWrite } from './prepared-write.ts'

export type Next =
  | Writing
  /** The item is as it is to be, by ourselves or by somebody else. */
  | { readonly settled: () => SeenItem }
  | { readonly ending: RepairEnding }

export interface Writing {
  readonly write: PreparedWrite
  /** What both sides are to hold after it. */
  readonly left: () => SeenItem
}

/** What is wanted of an item, asked anew after each reading. */
export interface Aim<Sides> {
  /** What each write is counted as, where it lands and nobody lives to tell. Absent: it is not counted. */
  readonly intends?: DifferenceKind
  /** What a thread or a run that died may have done already. */
  readonly doneBefore: Achieved
  /** An attempt before may have landed, and has to be told as that. */
  readonly mayHaveLanded?: boolean
  /** Refused conditions after which the item is left. @default 5 */
  readonly maxRefusals?: number
  /** Whether a thread that died was writing the item in parts: one that is left may be torn. */
  readonly wasInParts: boolean
  /** Whether a write that died with its thread has left the item half-way. */
  isHalfWay(sides: Sides): boolean
  /**
   * `isHalfWay`: a write of ours has left the item so that another has to follow:
   * then only equality ends the work, whatever was to be asked before.
   */
  next(sides: Sides, isHalfWay: boolean): Promise<Next>
  read(): Promise<Sides | Unread>
  /** Whether the replica holds what it held. */
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

/** One key on which a replica does not equal the master, and what was done about it. */
import type { Change } from './change.ts'
import type { Bytes } from './units.ts'
import type { WireItem } from './wire.ts'

export type DifferenceKind = 'missing' | 'differing' | 'extra'

/** Which kinds of differences to repair. */
export type WriteFlags = { readonly [kind in DifferenceKind]: boolean }

/**
 * What was done about a difference. `none`: nothing was to be written, or the difference was gone
 * before the repair. `conflict`: the conditions of the repair did not hold. `changed`: the key is
 * not as the plan or the journal has it. `failed`: see `error`. `torn`: some attributes were
 * written and others not, see `error`. `unverified`: the key could not be read, see `error`; `kind`
 * is only what the first look suggests.
 */
export type RepairAction =
  | 'none'
  | 'written'
  | 'deleted'
  | 'conflict'
  | 'changed'
  | 'failed'
  | 'unverified'
  | 'torn'

export interface Difference {
  /** The replica's name as it was given. */
  readonly replica: string
  readonly kind: DifferenceKind
  /** The primary key, as DynamoDB JSON. */
  readonly key: WireItem
  /** Names of the attributes that differ. Absent unless `kind` is `differing`. */
  readonly attributes?: readonly string[]
  /**
   * Where the items differ, from the replica to the master. Absent unless `kind` is `differing`, or
   * `showValues` is set: then a missing item has its attributes here, and an extra one too.
   */
  readonly changes?: readonly Change[]
  /** What both items count against capacity. Null: the side lacks it. Absent: it was not read. */
  readonly sizes?: { readonly master: Bytes | null; readonly replica: Bytes | null }
  readonly action: RepairAction
  /** Why it failed, could not be read, or is in conflict although the item did not change. */
  readonly error?: string
  /** Too many attributes for a condition: some may be replaced unseen. Absent: all compared. */
  readonly condition?: 'partial'
  /** The difference was counted from the scan and not read again. Absent: it is confirmed. */
  readonly unconfirmed?: true
}

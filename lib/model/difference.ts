/** One key on which a replica does not equal the master, and what was done about it. */
import type { WireItem } from './wire.ts'

export type DifferenceKind = 'missing' | 'differing' | 'extra'

/** Which kinds are to be repaired. */
export type WriteFlags = { readonly [kind in DifferenceKind]: boolean }

/**
 * `none`: nothing was to be written, or the difference ended by itself.
 * `conflict`: the conditions of the repair did not hold. `changed`: it is not
 * as a plan or a journal has it. `failed`: see `error`. `torn`: some of its
 * attributes were written and others not, see `error`. `unverified`: it could
 * not be read, see `error`; its kind is no more than what the first look suggests.
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
  readonly action: RepairAction
  /** Why the repair failed, why the key could not be read, or why it is in conflict where the item did not change. */
  readonly error?: string
  /** It has more attributes than a condition can compare: some may have been replaced unseen. Absent: all were compared. */
  readonly condition?: 'partial'
  /** Counted from the scan and not read again. Absent: confirmed. */
  readonly unconfirmed?: true
}

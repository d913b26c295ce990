/** What a run makes of each item of the master before anything else sees it. */
import type { TablesyncError } from '../../errors.ts'
import type { WireItem } from '../../model/wire.ts'

/**
 * `absent`: it counts as an item that the master lacks. `refused`: it could not be changed; `key`
 * is the replica's, undefined where that cannot be told.
 */
export type Changed =
  | { readonly item: WireItem }
  | 'absent'
  | { readonly refused: TablesyncError; readonly key: WireItem | undefined }

export interface ItemChange {
  of(item: WireItem): Changed | Promise<Changed>
  /** Whether items may get other keys. */
  readonly mayChangeKeys: boolean
  /** Finds keys that two items of the master become. */
  readonly claim: ClaimKeys
}

/** A key of the replica, and that of the master's item which becomes it; canonical. */
export interface Claim {
  readonly key: string
  readonly origin: string
}

/** Resolves to the claims, by position, on keys that another item has claimed in this run. */
export type ClaimKeys = (claims: readonly Claim[]) => Promise<ReadonlySet<number>>

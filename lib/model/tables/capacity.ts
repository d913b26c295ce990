/** How much of a table's capacity a run may use. */

export type CapacityKind = 'read' | 'write'

export const CAPACITY_KINDS = ['read', 'write'] as const

/** As it is asked for. `polite`: nothing was, and other traffic keeps most of it. */
export type CapacityChoice =
  | { readonly kind: 'units'; readonly unitsPerSecond: number }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'adaptive' }
  | { readonly kind: 'max' }
  | { readonly kind: 'polite' }

export type CapacityChoices = { readonly [kind in CapacityKind]: CapacityChoice }

/** What a table can do at once, by its own word. */
export interface KnownCapacity {
  readonly unitsPerSecond: number
  readonly from: 'provisioned' | 'on-demand maximum' | 'warm throughput'
}

export type KnownCapacities = { readonly [kind in CapacityKind]: KnownCapacity | undefined }

/** What a run holds to, of one table. */
export interface Pace {
  /** The table's label. */
  readonly table: string
  readonly kind: CapacityKind
  /** Null: no limit is held to. */
  readonly unitsPerSecond: number | null
  /** Whether the limit follows what the table throttles. */
  readonly isAdaptive: boolean
  readonly origin: PaceOrigin
  /** The same, for people. */
  readonly because: string
}

/** Where a pace comes from: the user, our manners, a table on this machine, or a table that does not tell. */
export type PaceOrigin = 'asked' | 'polite' | 'local' | 'unknown'

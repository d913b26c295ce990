/** How much of a table's capacity a run may use. */

export type CapacityKind = 'read' | 'write'

export const CAPACITY_KINDS = ['read', 'write'] as const

/** What the user asked for. `polite`: nothing, and other traffic keeps most of the capacity. */
export type CapacityChoice =
  | { readonly kind: 'units'; readonly unitsPerSecond: number }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'adaptive' }
  | { readonly kind: 'max' }
  | { readonly kind: 'polite' }

export type CapacityChoices = { readonly [kind in CapacityKind]: CapacityChoice }

/** How many units a table can serve per second, as it says itself. */
export interface KnownCapacity {
  readonly unitsPerSecond: number
  readonly from: 'provisioned' | 'on-demand maximum' | 'warm throughput'
}

export type KnownCapacities = { readonly [kind in CapacityKind]: KnownCapacity | undefined }

/** The limit that a run keeps for one table. */
export interface Pace {
  /** The table's label. */
  readonly table: string
  readonly kind: CapacityKind
  /** Null: there is no limit. */
  readonly unitsPerSecond: number | null
  /** Whether the limit adapts to the table's throttling. */
  readonly isAdaptive: boolean
  readonly origin: PaceOrigin
  /** The origin in words, for people. */
  readonly because: string
}

/** Where a limit comes from: the user, politeness, a local table, or one of unknown capacity. */
export type PaceOrigin = 'asked' | 'polite' | 'local' | 'unknown'

/** Where in the key space keys looked different when they were scanned, in neighbouring segments taken together. */

/** As a report keeps it: cells as `[compared, items, differences]`, in the order of segments. */
export interface RecordedHeat {
  readonly segments: number
  /** By the replica's name as it was given. At most 256 cells each, and as many for each replica. */
  readonly replicas: { readonly [label: string]: readonly (readonly [number, number, number])[] }
}

export interface Heat {
  readonly segments: number
  readonly strips: readonly { readonly replica: string; readonly cells: readonly HeatCell[] }[]
}

export interface HeatCell {
  readonly firstSegment: number
  readonly lastSegment: number
  /** How many of them this run has compared to their end. */
  readonly compared: number
  /** Items of both sides, a pair counted once. */
  readonly items: number
  readonly differences: number
}

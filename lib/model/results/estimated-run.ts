/** What a run would read and write, worked out before it. */
import type { Prices } from '../prices.ts'
import type { ReadUnits } from '../units.ts'

/** What `--estimate` says. */
export interface Estimate extends RunEstimate {
  readonly policies: readonly TablePolicy[]
  readonly prices?: Prices
}

export interface RunEstimate {
  readonly tables: readonly TableEstimate[]
  /** Read units of the strategy of this run: on the master, and on each replica. */
  readonly readUnits: readonly Range[]
  /** The same if each key of the master is looked up on each replica. */
  readonly lookupUnits: readonly Range[]
  /** Of all tables together, if much differs: rechecks come on top, as far as their budget goes. */
  readonly mostReadUnits: number
  readonly requests: number
  /** What the samples and the checks of the tables took. */
  readonly cost: { readonly requests: number; readonly readUnits: ReadUnits }
  /** Longest time of a table at its limit, in seconds. Undefined: no table has one. */
  readonly seconds: number | undefined
  readonly unitsPerSecond: number | undefined
  readonly repair: RepairRange
}

export interface TableEstimate {
  readonly label: string
  readonly region: string
  readonly items: Range
  readonly bytes: Range
  readonly share: number
}

/** Write units from nothing to all: nobody knows what differs before it is compared. */
export interface RepairRange {
  readonly least: number
  readonly most: number
  /** Whether it is of a report, and not only of the sizes of the tables. */
  readonly isKnown: boolean
}

export interface TablePolicy {
  readonly table: string
  readonly policy: object
}

/** A figure, and how far it may be off: the truth is in 19 of 20 such ranges. */
export interface Range {
  readonly middle: number
  /** Zero: the figure is exact. */
  readonly margin: number
}

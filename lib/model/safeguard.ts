/** Safeguards that end a run before it does harm, and what they report. */

export type SafeguardName =
  | 'max-writes'
  | 'max-read-units'
  | 'max-deletes'
  | 'canary'
  | 'empty-master'
  | 'shrunken-master'
  | 'global-table'
  | 'stream'
  | 'repeated-repair'
  | 'confirmation'

export interface Stop {
  readonly safeguard: SafeguardName
  readonly message: string
  /** The flag that lets the run pass. */
  readonly hint: string
  /** Whether the limit is one of all pairs together: no other pair begins then. */
  readonly isOfAll?: true
}

/** A stop as the result reports it. */
export interface Stopped extends Stop {
  /** The same as `safeguard`, under its old name. */
  readonly rail: SafeguardName
}

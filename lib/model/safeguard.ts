/** Safeguards that end a run before it does harm, and what they say when they do. */

export type RailName =
  | 'max-writes'
  | 'max-deletes'
  | 'canary'
  | 'empty-master'
  | 'shrunken-master'
  | 'global-table'
  | 'stream'
  | 'confirmation'

export interface Stop {
  readonly rail: RailName
  readonly message: string
  /** The flag that lets the run pass. */
  readonly hint: string
}

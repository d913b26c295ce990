/** What changes the meaning of a run's result, told where it begins. */
export interface RunRules {
  /** Attributes that are left out. */
  readonly ignore: readonly string[]
  /** Absent: items have no versions. */
  readonly versionAttribute?: string
  /** Newer items of a replica are no differences. */
  readonly newerWins: boolean
  /** URL of the module. Absent: there are none. */
  readonly hooks?: string
  /** Items that have expired are compared like any other. */
  readonly comparesExpired: boolean
  /** Nobody else writes, as the user says. */
  readonly quiesced: boolean
}

/** Rules that change the meaning of a run's result. They are reported when the run begins. */
export interface RunRules {
  /** Places that are ignored, by their paths. */
  readonly ignore: readonly string[]
  /** Places beside which nothing is compared. Absent: there is no such limit. */
  readonly only?: readonly string[]
  /** Present: missing items are left, since a put would touch what is not compared. */
  readonly leavesMissing?: true
  /** Absent: items have no versions. */
  readonly versionAttribute?: string
  /** Whether newer items of a replica are no differences. */
  readonly newerWins: boolean
  /** The expression that items of the master are chosen by. Absent: all are compared. */
  readonly filter?: string
  /** How many items of the master are compared. Absent: all. */
  readonly first?: number
  /** URL of the hooks module. Absent: there are no hooks. */
  readonly hooks?: string
  /** Tells masks apart. Absent: nothing is masked. */
  readonly masks?: string
  /** Present: the module changes items of the master. */
  readonly transforms?: true
  /** Whether items that have expired are compared like any other. */
  readonly comparesExpired: boolean
  /** Whether the user vouches that nobody else writes. */
  readonly quiesced: boolean
}

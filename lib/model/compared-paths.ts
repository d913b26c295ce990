/** Which places of items are compared, by their paths as reports spell them. */
export interface ComparedPaths {
  /** Places that are left out. */
  readonly ignore: readonly string[]
  /** Places beside which nothing is compared. Empty: there is no such limit. */
  readonly only: readonly string[]
}
